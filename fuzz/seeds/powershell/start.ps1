# start the site
<# python old.py #>
param([string]$Port = "5000", [switch]$Dev)
$root = $PSScriptRoot
$python = Join-Path $root ".venv\Scripts\python.exe"
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$env:FLASK_APP = 'sh''op'; $env:NAME = "a `"b`" $($root)"
. .\venv\Scripts\Activate.ps1
$note = @"
python no.py
"@
function Start-Api {
  Push-Location "$root\api"
  try { & $python -m flask run --port $env:PORT } finally { Pop-Location }
}
if (-not (Test-Path $python)) { py -3 -m venv .venv; exit 1 } else { Write-Host "ready" }
$arguments = @("-m", "waitress", "--port=$Port", "app:app")
Start-Process powershell -ArgumentList "-NoExit", "-Command", "cd '$PWD\web'; npm start"
$server = Start-Process -FilePath $python -ArgumentList $arguments -WorkingDirectory $root -PassThru 2>&1 | Out-Null
switch ($Dev) { "dev" { flask run --debug } default { & waitress-serve `
  --listen=*:$Port @arguments (Get-Date).Year > out.txt } }
