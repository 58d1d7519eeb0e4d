@echo off
REM start the site
set "FLASK_APP=shop"
if not exist venv (
  py -3 -m venv venv
) else echo ready
call venv\Scripts\activate.bat
start "Site" /d web cmd /k "cd api && python app.py" ^
  > out.txt 2>&1
pushd "%~dp0tools" & waitress-serve --port=%PORT% app:app
popd
