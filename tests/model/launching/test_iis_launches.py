"""What IIS starts, by its ``web.config``, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.base import Known
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
VISUAL_STUDIO = APP + "wsgi_app = app.wsgi_app\n"
MAKER = "from flask import Flask\ndef make():\n    return Flask(__name__)\n"
RUN = APP + "if __name__ == '__main__':\n    app.run()\n"
FLASK_FCGI = (
    r'<add name="Python" modules="FastCgiModule" scriptProcessor="C:\Python\python.exe|C:\Python\wfastcgi.py" />'
)


def site(*settings: tuple[str, str], handlers: str = "", server: str = "", root: str = "configuration") -> str:
    added = "".join(f'    <add key="{key}" value="{value}" />\n' for key, value in settings)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n  <appSettings>\n{added}  </appSettings>\n'
        f"  <system.webServer>\n    <handlers>{handlers}</handlers>\n{server}  </system.webServer>\n"
        f"</{root.split(maxsplit=1)[0]}>\n"
    )


def process(program: str, arguments: str, inner: str = "") -> str:
    return f'    <httpPlatform processPath="{program}" arguments="{arguments}">{inner}</httpPlatform>\n'


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "an application of a module",
        {"web.config": site(("WSGI_HANDLER", "app.app"), handlers=FLASK_FCGI), "app.py": APP},
        ["web.config:4 other production app:app True"],
    ),
    (
        "the callable that Visual Studio binds",
        {"web.config": site(("WSGI_HANDLER", "app.wsgi_app"), handlers=FLASK_FCGI), "app.py": VISUAL_STUDIO},
        ["web.config:4 other production app:wsgi_app True"],
    ),
    (
        "an attribute of the application: one name less is imported",
        {
            "web.config": site(("WSGI_HANDLER", "shop.web.app.wsgi_app"), handlers=FLASK_FCGI),
            "shop/__init__.py": "",
            "shop/web.py": APP,
        },
        ["web.config:4 other production shop.web:app.wsgi_app True"],
    ),
    (
        "a factory is called",
        {"web.config": site(("WSGI_HANDLER", "shop.make()"), handlers=FLASK_FCGI), "shop.py": MAKER},
        ["web.config:4 other production shop:make() True"],
    ),
    (
        "what a proxy of Visual Studio hands on",
        {
            "web.config": site(
                ("WSGI_ALT_VIRTUALENV_HANDLER", "shop.app"),
                ("WSGI_HANDLER", "ptvs_virtualenv_proxy.get_virtualenv_handler()"),
                handlers=FLASK_FCGI,
            ),
            "shop.py": APP,
        },
        ["web.config:4 other production shop:app True"],
    ),
    (
        "PYTHONPATH names a folder of the project",
        {
            "deploy/web.config": site(
                ("PYTHONPATH", r"C:\sites\shop\src;%HOME%"), ("WSGI_HANDLER", "web.app"), handlers=FLASK_FCGI
            ),
            "lib/web.py": "",
            "src/web.py": APP,
        },
        ["deploy/web.config:5 other production web:app True"],
    ),
    (
        "the variables of the FastCGI application",
        {
            "web.config": site(
                handlers=FLASK_FCGI,
                server='<fastCgi><application fullPath="p"><environmentVariables>\n'
                '<environmentVariable name="WSGI_HANDLER" value="app.app" />\n'
                "</environmentVariables></application></fastCgi>\n",
            ),
            "app.py": APP,
        },
        ["web.config:8 other production app:app True"],
    ),
    (
        "a method of an object returns the application",
        {
            "web.config": site(("WSGI_HANDLER", "shop.site.make()"), handlers=FLASK_FCGI),
            "shop.py": MAKER + "class Site:\n    def make(self):\n        return make()\nsite = Site()\n",
        },
        ["web.config:4 other production  None"],
    ),
    (
        "no handler is named here",
        {"web.config": site(handlers=FLASK_FCGI), "app.py": APP},
        ["web.config:6 other production  None"],
    ),
    (
        "a template fills the handler in",
        {"web.config.template": site(("WSGI_HANDLER", "{{ module }}.app"), handlers=FLASK_FCGI), "app.py": APP},
        ["web.config.template:4 other production  None"],
    ),
    (
        "a module that is not there",
        {"web.config": site(("WSGI_HANDLER", "web.app"), handlers=FLASK_FCGI), "app.py": APP},
        ["web.config:4 other production web:app False"],
    ),
    (
        "the configuration for debugging",
        {"web.debug.config": site(("WSGI_HANDLER", "app.app"), handlers=FLASK_FCGI), "app.py": APP},
        ["web.debug.config:4 other development app:app True"],
    ),
    (
        "one that only changes another, one of static files, one of PHP",
        {
            "web.release.config": site(
                ("WSGI_HANDLER", "app.app"),
                root='configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform"',
            ),
            "static/web.config": site(handlers='<remove name="Python" /><add name="a" modules="StaticFileModule" />'),
            "blog/web.config": site(
                handlers=r'<add name="b" modules="FastCgiModule" scriptProcessor="C:\php\php-cgi.exe" />'
            ),
            "app.py": APP,
        },
        [],
    ),
    (
        "a process: the development server",
        {
            "web.config": site(server=process(r"c:\Python\python.exe", r"c:\site\run.py --port %HTTP_PLATFORM_PORT%")),
            "run.py": RUN,
        },
        ["web.config:7 > run.py:4 app-run production run:app True"],
    ),
    (
        "a process: a production server, quoted",
        {
            "web.config": site(
                server=process(
                    r"%HOME%\venv\Scripts\waitress-serve.exe", "&quot;--port=%HTTP_PLATFORM_PORT%&quot; app:app"
                )
            ),
            "app.py": APP,
        },
        ["web.config:7 waitress production app:app True"],
    ),
    (
        "each site has its own folder",
        {
            **{f"{name}/web.config": site(server=process("python", "run.py")) for name in ("one", "two")},
            **{f"{name}/run.py": RUN for name in ("one", "two")},
        },
        [
            "one/web.config:7 > one/run.py:4 app-run production run:app True",
            "two/web.config:7 > two/run.py:4 app-run production run:app True",
        ],
    ),
    (
        "a process of the module for ASP.NET Core",
        {"web.config": site(server=process("py", "-3 run.py").replace("httpPlatform", "aspNetCore")), "run.py": RUN},
        ["web.config:7 > run.py:4 app-run production run:app True"],
    ),
    (
        "a program that speaks FastCGI itself is followed like any",
        {
            "web.config": site(handlers=FLASK_FCGI.replace("wfastcgi", r"site\run")),
            "run.py": RUN,
        },
        ["web.config:6 > run.py:4 app-run production run:app True"],
    ),
    (
        "a program in the folder of the site at App Service, which another variable of the platform decides",
        {
            "web.config": site(server=process(r"%HOME%\site\wwwroot\env\Scripts\python.exe", r"%HOME%\site\wwwroot\start.py")),
            "start.py": (
                "import os\nsite = os.environ.get('WEBSITE_SITE_NAME', '').lower()\nif 'api' in site:\n    from api import app\n"
                "    import uvicorn\n    uvicorn.run(app)\nelif 'web' in site:\n    from web import server\n    server.run()\nelse:\n    from api import app\n    import uvicorn\n    uvicorn.run(app)\n"
            ),
            "api.py": "from fastapi import FastAPI\napp = FastAPI()\n",
            "web.py": "from flask import Flask\nserver = Flask(__name__)\n",
        },
        ["web.config:7 > start.py:9 app-run production start:server True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_launches_of_iis(
    files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains(files) == expected


def test_a_site_is_known_by_the_module_that_stands_there() -> None:
    text = site(("WSGI_HANDLER", "app.app"), handlers=FLASK_FCGI)
    for path, confidence in (("web.config", "high"), ("deploy/web.config", "medium")):
        [launch] = link(parse(memory_tree({path: text, "app.py": APP})), name="site").launches
        assert launch.confidence.value == confidence


def test_environment_of_a_site_and_of_a_process() -> None:
    inner = '<environmentVariables><environmentVariable name="B" value="2" /></environmentVariables>'
    text = site(("WSGI_HANDLER", "app.app"), ("A", "1"), handlers=FLASK_FCGI, server=process("python", "run.py", inner))
    served, ran = link(parse(memory_tree({"web.config": text, "app.py": APP, "run.py": RUN})), name="site").launches
    assert {name: value.value for name, value in served.env.items() if isinstance(value, Known)} == {"A": "1"}
    assert {name: value.value for name, value in ran.env.items() if isinstance(value, Known)} == {"B": "2"}


@pytest.mark.parametrize(
    ("text", "blocking"),
    [
        ("<configuration><system.web>", []),  # a site that starts no program
        ('<configuration><add key="WSGI_HANDLER"', [True]),
        ('<configuration><handlers><add modules="FastCgiModule" scriptProcessor="php.exe"', [False]),
        ('<!DOCTYPE a [<!ENTITY b "c">]><configuration><add key="WSGI_HANDLER" value="&b;"/></configuration>', [True]),
    ],
)
def test_configurations_that_cannot_be_read(text: str, blocking: list[bool]) -> None:
    assert [each.blocking for each in parse(memory_tree({"web.config": text})).problems] == blocking
