"""Scripts of PowerShell: which programs their statements start, where and with which variables."""

from __future__ import annotations

import time

import pytest

from flask_prodcheck.facts.conditionals import BRANCH
from flask_prodcheck.facts.powershell import read_powershell
from flask_prodcheck.facts.types import Start

Found = list[tuple[int, str, str]]

COMMANDS: list[tuple[str, str, Found]] = [
    ("plain commands", "flask run; python a.py\npython b.py\n", [(1, "flask run", "."), (1, "python a.py", "."), (2, "python b.py", ".")]),
    ("comments", "# python a.py\n<# python b.py\n python c.py #>\npython d#.py # python e.py\n", [(4, "python d#.py", ".")]),
    ("the call operator", '& ".\\my venv\\Scripts\\python.exe" app.py\n& waitress-serve app:app\n', [(1, "./my venv/Scripts/python app.py", "."), (2, "waitress-serve app:app", ".")]),
    ("a text is no command", "'python a.py'\n\"python b.py\"\n$x\n(python c.py)\n[int]5\n", []),
    ("a variable as the program", '$python = "C:\\Python\\python.exe"\n& $Python app.py\n', [(2, "/Python/python app.py", ".")]),
    ("... put together", '$root = $PSScriptRoot\n$p = Join-Path $root ".venv\\Scripts\\python.exe"\n& $p app.py\n', [(3, "./.venv/Scripts/python app.py", ".")]),
    ("... of two texts", '$p = "$PSScriptRoot" + "\\venv\\" + \'python\'\n& $p app.py\n', [(2, "./venv/python app.py", ".")]),
    ("... unknown", "$python = Find-It\n& $python app.py\n", [(2, "${python} app.py", ".")]),
    ("... set in a branch", 'if ($x) { $p = "a" }\n& $p app.py\n', [(2, "${p} app.py", ".")]),
    ("... of a branch that leaves", '$p = "b"\nif ($x) { $p = "a"; exit 1 }\n& $p app.py\n', [(3, "b app.py", ".")]),
    ("... of a branch", '$p = if ($x) { "a" } else { "b" }\n& $p app.py\n', [(2, "${p} app.py", ".")]),
    ("... added to", '$p = "a"\n$p += "b"\n& $p app.py\n', [(3, "${p} app.py", ".")]),
    ("... of a pipeline", '$p = "a" | Get-It\n& $p app.py\n', [(2, "${p} app.py", ".")]),
    ("several texts", '$a = @("-m", "flask")\n& python @a run\npython $a $b\n', [(2, "python -m flask run", "."), (3, "python -m flask ${b}", ".")]),
    ("quotes", "python 'a''$b' \"x`\"y\" \"p\"\"q\" `$z\n", [(1, "python a'$b x\"y p\"q $z", ".")]),
    ("values in texts", '$h = "::1"\npython --a="$h:${port}" --b=$env:PORT --c=$($h) --d=$(Get-It 1)\n', [(2, "python --a=::1:${port} --b=${PORT} --c=::1 --d=${expression}", ".")]),
    ("members", 'python $x.Path "$h.txt" (Get-Location).Path $x.Trim("a") (Get-Item x).Name\n', [(1, "python ${x} ${h}.txt . ${expression} ${expression}", ".")]),
    ("a factory call", "waitress-serve app:create_app('a b')\n", [(1, "waitress-serve app:create_app('a b')", ".")]),
    ("lines that go on", "python app.py `\n  --port 80 `\n  --x\n", [(1, "python app.py --port 80 --x", ".")]),
    ("texts over several lines", "$t = @\"\npython a.py\n\"@\n$u = @'\npython b.py\n'@\npython c.py\n", [(7, "python c.py", ".")]),
    ("tables", "$t = @{ a = 1; b = 'x' }\npython c.py\n", [(2, "python c.py", ".")]),
    ("parameters", 'param([string]$Port = "5000")\npython c.py --port $Port\n', [(2, "python c.py --port ${port}", ".")]),
    ("redirections and pipes", "python a.py 2>&1 | Tee-Object log.txt\npython b.py *> out.txt\npython c.py > $null & python d.py &\n", [(1, "python a.py", "."), (2, "python b.py", "."), (3, "python c.py", "."), (3, "python d.py", ".")]),
    ("lists of words", "celery --queues=a,b -x\npython a,\n  b\n", [(1, "celery --queues=a,b -x", "."), (2, "python a b", ".")]),
    ("what starts nothing", "Write-Host python a.py\necho python b.py\n.\\venv\\Scripts\\Activate.ps1\n. venv/bin/activate.ps1\nGet-Process python\nexit 1\n", []),
    ("the result of a command", "$v = python --version\n$p = & python app.py\n", [(1, "python --version", "."), (2, "python app.py", ".")]),
    ("the launcher of Python", "py -3 app.py\n", [(1, "python app.py", ".")]),
    ("a text that is run", 'iex "python app.py"\nInvoke-Expression -Command $c\n', [(1, "powershell -Command python app.py", "."), (2, "powershell -Command ${c}", ".")]),
    ("folders", "cd web\npython a.py\nPush-Location ..\\api\npython b.py\nPop-Location\npython c.py\n", [(2, "python a.py", "web"), (4, "python b.py", "api"), (6, "python c.py", "web")]),
    ("the script's own folder", 'cd web\nSet-Location -Path $PSScriptRoot\npython a.py\nSet-Location "$PSScriptRoot\\api"\npython "$PSScriptRoot\\b.py"\npython "$PSScriptRoot\\api\\c.py"\n', [(3, "python a.py", "."), (5, "python ../b.py", "api"), (6, "python ./c.py", "api")]),
    ("the folder above it", 'Set-Location (Split-Path -Parent $PSScriptRoot)\n& "$PSScriptRoot\\..\\venv\\python" a.py\npython "$PSScriptRoot\\b.py"\n', [(2, "./venv/python a.py", ".."), (3, "python ${psscriptroot}/b.py", "..")]),
    ("by the path of the script", "cd (Split-Path $MyInvocation.MyCommand.Path)\npython a.py\ncd (Split-Path $PSCommandPath -Parent)\npython b.py\n", [(2, "python a.py", "."), (4, "python b.py", ".")]),
    ("a folder that is not known", "cd $x\npython a.py\ncd ..\npython b.py\ncd -\npython c.py\n", [(2, "python a.py", "${x}"), (4, "python b.py", "${folder}"), (6, "python c.py", "${folder}")]),
    ("a folder entered in a branch", "if ($x) { cd web; python a.py }\npython b.py\n", [(1, "python a.py", "web"), (2, "python b.py", "${folder}")]),
    ("... in one that leaves, and in a function", "if ($x) { cd web; exit }\nfunction f { cd api }\npython b.py\n", [(3, "python b.py", ".")]),
    ("a process", 'Start-Process python -ArgumentList "app.py --port 80" -NoNewWindow\nStart-Process -FilePath "python" -Arg "-m", "flask", "run" -WorkingDirectory web -Wait\n', [(1, "python app.py --port 80", "."), (2, "python -m flask run", "web")]),
    ("... of a list in a variable", '$a = @("-m", "flask")\n$p = Start-Process $python $a -PassThru\n', [(2, "${python} -m flask", ".")]),
    ("... of another shell", 'start powershell -ArgumentList "-NoExit", "-Command", "cd \'$PWD\\web\'; python app.py"\n', [(1, "powershell -NoExit -Command cd './web'; python app.py", ".")]),
    ("... that is a page", 'Start-Process "http://localhost:$port"\nstart $url\nStart-Process\n', [(2, "${url}", ".")]),
]  # fmt: skip


def _starts(text: str) -> tuple[Start, ...]:
    return read_powershell("web/start.ps1", text).starts


@pytest.mark.parametrize(("text", "expected"), [each[1:] for each in COMMANDS], ids=[each[0] for each in COMMANDS])
def test_what_a_statement_starts(text: str, expected: Found) -> None:
    found = [
        (start.span.line, " ".join(start.command.argv or ()), start.cwd)
        for start in _starts(text)
        if start.command is not None
    ]
    assert found == expected


BLOCKS: list[tuple[str, str, list[str | None]]] = [
    ("branches", "if ($x) { a }\nelseif ($y)\n{ b } else { c }\nd\n", ["", "", "", None]),
    ("loops", "while($x) { a }\nforeach ($y in $z) { b }\n1..3 | ForEach-Object { c }\n", ["", "", ""]),
    ("what always runs", "try { a } catch { b } finally { c }\n& { d }\n", [None, "", None, None]),
    ("functions", "function Start-DevServer {\n  a\n}\nfunction serve\n{\n if ($x) { b }\n}\nc\n", ["DevServer", "serve", None]),
    ("a switch", 'switch ($x) { "prod" { a } default { b } }\nc\n', ["prod", "", None]),
    ("a block of a command", "Start-Job -ScriptBlock { a } | Out-Null\nb\n", ["", None]),
    ("what is not closed, or too often", "} }\na\nif ($x) { b\n", [None, ""]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [each[1:] for each in BLOCKS], ids=[each[0] for each in BLOCKS])
def test_commands_of_blocks_may_not_run(text: str, expected: list[str | None]) -> None:
    assert [dict(start.options).get(BRANCH) for start in _starts(text)] == expected


ENVIRONMENT: list[tuple[str, str, dict[str, str | None]]] = [
    ("texts", "$env:FLASK_APP = \"shop.py\"\n$Env:Mode='a b'; $env:PORT=80\n${env:X} = $true\n", {"FLASK_APP": "shop.py", "MODE": "a b", "PORT": "80", "X": "True"}),
    ("values of others", '$x = "1"\n$env:A = $x\n$env:B = "$env:A$env:HOME\\$y"\n$env:C = $PSScriptRoot\n', {"A": "1", "B": "1${HOME}/${y}", "C": "."}),
    ("what is not known", '$env:A = Get-It\n$env:B = if ($x) { "1" } else { "2" }\n$env:C += "x"\n', {"A": None, "B": None, "C": None}),
    ("taken away", '$env:A = "1"\n$env:A = $null\n', {}),
    ("in a branch", '$env:A = "1"\nif ($x) { $env:A = "2"; $env:B = "3" }\n', {"A": None, "B": None}),
    ("in one inside another", 'if ($x) { if ($y) { $env:A = "2"; $env:B = "4" } $env:C = "3" }\n', {"A": None, "B": None, "C": None}),
    ("in one that leaves", '$env:A = "1"\nif ($x) { $env:A = "2"; exit }\n', {"A": "1"}),
    ("in one inside another that leaves", '$env:A = "1"\nif ($x) { if ($y) { $env:A = "2" }; exit }\n', {"A": "1"}),
    ("in one that always runs inside another", 'if ($x) { $env:B = "1"; $env:C = "2"; try { $env:A = "2" } finally { } }\n', {"B": None, "C": None, "A": None}),
    ("in one that always runs", 'try { $env:A = "1" } finally { }\n', {"A": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [each[1:] for each in ENVIRONMENT], ids=[each[0] for each in ENVIRONMENT])
def test_variables_of_the_environment(text: str, expected: dict[str, str | None]) -> None:
    *_, last = _starts(f"{text}flask run\n")
    assert {each.name: each.value for each in last.env} == expected


def test_a_branch_has_what_it_sets() -> None:
    first, second = _starts('if ($x) { $env:A = "1"; a } else { b }\n')
    assert [each.value for each in first.env] == ["1"]
    assert [each.value for each in second.env] == [None]


@pytest.mark.parametrize(
    "text",
    ["", "`", '"', "'", "$", "@", "@(", "@{", '@"', '@"\n', "<#", "(((", "}}}", "&", ".", "$x =", "$env:A =", "cd", "popd", "start", "iex", "\x00", "\ue000",
     "Start-Process -FilePath", "function", "switch {", "& (", "& ()", "& $null x", "$(", "${", "a,", ",a", "-a,b", "cd x$PSScriptRoot; a", "> ", "1>"],
)  # fmt: skip
def test_nothing_raises(text: str) -> None:
    assert all(start.kind == "powershell" for start in _starts(text))


def test_many_variables_cost_no_more_than_many_commands() -> None:
    last = _starts("".join(f"$env:A{number} = 1; a\n" for number in range(300)))[-1]
    assert len(last.env) == 200


def test_variables_that_double_stay_short() -> None:
    *_, last = _starts("$a = 'x' * 1\n$a = 'ab'\n" + '$a = "$a$a"\n' * 60 + "& python $a\n")
    assert sum(map(len, last.command.argv or ())) < 2000 if last.command is not None else False


def test_a_long_list_costs_no_more_where_many_commands_ask_for_it() -> None:
    started = time.process_time()
    _starts("$a = " + ", ".join(["'b'"] * 40_000) + "\n" + "python $a\n" * 8_000)
    assert time.process_time() - started < 4


@pytest.mark.parametrize("piece", ["$a = \"x$a$a\";", "$a = $a, $a, 1;", "$env:a += 1; $env:a = \"$env:a$env:a \";", "(", "{", "$(", '"$(', '"', "'", "@(", "@{", '@"', "<#", "a(", "`", "$a=", "$env:a=1;", "if{$a=1;", "cd a;", "& ", "[a", "${", "$a.b", "a,", "2>", "function f{"])  # fmt: skip
def test_the_time_grows_with_the_text(piece: str) -> None:
    started = time.process_time()
    _starts(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 4
