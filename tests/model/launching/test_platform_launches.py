"""Launches that platforms, service managers and task runners declare, one format each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "Procfile with several processes",
        {"Procfile": "release: flask db upgrade\nweb: gunicorn app:app\nworker: celery -A app worker\n", "app.py": APP},
        ["Procfile:2 gunicorn production app:app True"],
    ),
    (
        "Procfile.dev",
        {"Procfile.dev": "web: flask run\n", "app.py": APP},
        ["Procfile.dev:1 flask-run development app:app True"],
    ),
    (
        "Procfile.windows is for a developer's machine",
        {"Procfile": "web: gunicorn app:app\n", "Procfile.windows": "web: waitress-serve app:app\n", "app.py": APP},
        [
            "Procfile:1 gunicorn production app:app True",
            "Procfile.windows:1 waitress development app:app True",
        ],
    ),
    (
        "Procfile.staging is one of a deployment",
        {"Procfile.staging": "web: gunicorn app:app\n", "app.py": APP},
        ["Procfile.staging:1 gunicorn production app:app True"],
    ),
    (
        "a rock of the extension for Flask",
        {"rockcraft.yaml": "name: site\nbase: bare\nextensions:\n  - flask-framework\n", "app.py": APP},
        ["rockcraft.yaml:4 gunicorn production app:app True"],
    ),
    (
        "a rock whose extension finds no app.py is not built",
        {"rockcraft.yaml": "name: site\nextensions: [flask-framework]\n", "web.py": APP},
        [],
    ),
    (
        "a rock of another extension",
        {"rockcraft.yaml": "name: site\nextensions: [django-framework]\n", "app.py": APP},
        [],
    ),
    (
        "a rock that gives the service of the extension its own command, with default arguments",
        {
            "rockcraft.yaml": "extensions:\n  - flask-framework\nservices:\n  flask:\n    override: merge\n"
            "    command: /bin/python3 -m gunicorn -b 0.0.0.0:8000 web:app -k [ sync ]\n",
            "web.py": APP,
        },
        ["rockcraft.yaml:6 gunicorn production web:app True"],
    ),
    (
        "a rock whose service gets variables only starts the default",
        {
            "rockcraft.yaml": "extensions: [flask-framework]\nservices:\n  flask:\n    environment: {A: b}\n",
            "app.py": APP,
        },
        ["rockcraft.yaml:1 gunicorn production app:app True"],
    ),
    (
        "services of a rock without extension: those that start with it",
        {
            "rockcraft.yaml": "services:\n  web:\n    startup: enabled\n    command: gunicorn app:app\n"
            "  other:\n    command: flask run\n",
            "app.py": APP,
        },
        ["rockcraft.yaml:4 gunicorn production app:app True"],
    ),
    (
        "a script of mod_wsgi without ending",
        {
            "site.conf": "WSGIScriptAlias / /usr/share/shop/web/application\n",
            "web/application": "import os\nos.environ['SHOP'] = 'live'\nfrom shop import app\napplication = app\n",
            "web/shop.py": APP,
        },
        ["site.conf:1 > web/application:4 mod_wsgi production web/application:application True"],
    ),
    (
        "heroku.yml run",
        {
            "heroku.yml": "build:\n  docker:\n    web: Dockerfile\nrun:\n  web: gunicorn app:app\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["heroku.yml:5 gunicorn production app:app True"],
    ),
    (
        "heroku.yml runs its command in the folder of the image that it builds",
        {
            "heroku.yml": "build:\n  docker:\n    web: ops/Dockerfile\nrun:\n  web: gunicorn app:app\n",
            "ops/Dockerfile": "FROM python:3.12\nWORKDIR /srv/api\nCOPY back-end/app.py .\nCMD python app.py\n",
            "back-end/app.py": APP,
        },
        ["heroku.yml:5 gunicorn production app:app True"],
    ),
    (
        "the file of a platform in a folder of its own names the Dockerfile beside that",
        {
            ".do/app.yaml": "services:\n- name: web\n  dockerfile_path: ops/Dockerfile\n  run_command: gunicorn app:app\n",
            "ops/Dockerfile": "FROM python:3.12\nWORKDIR /srv/api\nCOPY back-end/app.py .\n",
            "back-end/app.py": APP,
            "other/app.py": APP,
        },
        [".do/app.yaml:4 gunicorn production app:app True"],
    ),
    (
        "heroku.yml without run starts the image",
        {
            "heroku.yml": "build:\n  docker:\n    web: Dockerfile\n",
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "app.json scripts are no web process",
        {
            "app.json": '{"scripts": {"postdeploy": "flask db upgrade"}}',
            "Procfile": "web: gunicorn app:app\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "Kubernetes command",
        {
            "k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: site\n          command: [gunicorn]\n          args: [app:app]\n",
            "app.py": APP,
        },
        ["k8s/web.yaml:10 gunicorn production app:app True"],
    ),
    (
        "Kubernetes: ConfigMap decides the target",
        {
            "k8s.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n  FLASK_APP: app\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: site\n          envFrom: [{configMapRef: {name: conf}}]\n          command: [flask, run]\n",
            "app.py": APP,
        },
        ["k8s.yaml:17 flask-run production app:app True"],
    ),
    (
        "Kubernetes: $(NAME) from the container's environment",
        {
            "k8s.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: site\n          env: [{name: TARGET, value: 'app:app'}]\n          command: [gunicorn, $(TARGET)]\n",
            "app.py": APP,
        },
        ["k8s.yaml:11 gunicorn production app:app True"],
    ),
    (
        "systemd with an environment file",
        {
            "web.service": "[Service]\nWorkingDirectory=/srv/site\nEnvironmentFile=/srv/site/web.env\nExecStart=/usr/bin/gunicorn $TARGET\n",
            "web.env": "TARGET=app:app\n",
            "app.py": APP,
        },
        ["web.service:4 gunicorn production app:app True"],
    ),
    (
        "systemd: placeholders that the installer fills in",
        {
            "web.service": "[Service]\nWorkingDirectory=<path to the checkout>\n"
            "ExecStart = <full path to the gunicorn executable> app:app -w 8\n",
            "app.py": APP,
        },
        ["web.service:3 gunicorn production app:app True"],
    ),
    (
        "systemd: a placeholder in front of the program",
        {"web.service": "[Service]\nExecStart=<path to venv>/bin/gunicorn app:app\n", "app.py": APP},
        ["web.service:2 gunicorn production app:app True"],
    ),
    (
        "systemd: continuation lines",
        {"web.service": "[Service]\nExecStart=/usr/bin/gunicorn \\\n  --workers 2 \\\n  app:app\n", "app.py": APP},
        ["web.service:2 gunicorn production app:app True"],
    ),
    (
        "systemd: a shell",
        {
            "web.service": "[Service]\nWorkingDirectory=/srv/site\nExecStart=/bin/bash -lc 'source venv/bin/activate && exec gunicorn app:app'\n",
            "app.py": APP,
        },
        ["web.service:3 gunicorn production app:app True"],
    ),
    (
        "systemd: ExecStartPre serves nothing",
        {
            "web.service": "[Service]\nExecStartPre=/usr/bin/flask db upgrade\nExecStart=/usr/bin/gunicorn app:app\n",
            "app.py": APP,
        },
        ["web.service:3 gunicorn production app:app True"],
    ),
    (
        "supervisor: a command on several lines",
        {
            "supervisord.conf": "[program:web]\ncommand=gunicorn\n  --workers 2\n  app:app\ndirectory=/srv/site\n",
            "app.py": APP,
        },
        ["supervisord.conf:2 gunicorn production app:app True"],
    ),
    (
        "supervisor: a template whose control statements do not touch the command",
        {
            "supervisord.conf.jnj": "[program:web]\n{% if logs %}\nstdout_logfile=/dev/stdout\n{% endif %}\ncommand=nice -n 10 gunicorn app:app\nautostart={{ web }}\n",
            "app.py": APP,
        },
        ["supervisord.conf.jnj:5 gunicorn production app:app True"],
    ),
    (
        "supervisor: a template that decides the command",
        {
            "Dockerfile": IMAGE + 'CMD ["supervisord", "-c", "/app/supervisord.conf"]\n',
            "supervisord.conf.j2": "[program:web]\ncommand={% if plain %}flask run{% else %}gunicorn app:app{% endif %}\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "supervisor: a template that decides the options of the command only",
        {
            "supervisord.conf.j2": "[program:web]\ncommand={% if reload -%}\n  gunicorn --reload app:app\n{% else -%}\n  gunicorn app:app\n{% endif -%}\ndirectory=/srv\n",
            "app.py": APP,
        },
        ["supervisord.conf.j2:2 gunicorn production app:app True"],
    ),
    (
        "systemd: a template that decides an option",
        {
            "web.service.j2": "[Service]\nExecStart={{ venv }}/bin/gunicorn {% if debug %}--reload {% endif %}app:app\n",
            "app.py": APP,
        },
        ["web.service.j2:2 gunicorn production app:app True"],
    ),
    (
        "supervisor: an included file",
        {
            "Dockerfile": IMAGE + 'CMD ["supervisord", "-c", "/app/supervisord.conf"]\n',
            "supervisord.conf": "[supervisord]\nnodaemon=true\n[include]\nfiles = conf.d/*.conf\n",
            "conf.d/web.conf": "[program:web]\ncommand=gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > conf.d/web.conf:2 gunicorn production app:app True"],
    ),
    (
        "supervisor: a process manager behind a worker",
        {
            "supervisord.conf": "[program:worker]\ncommand=celery -A app worker\n[program:web]\ncommand=gunicorn app:app\n",
            "app.py": APP,
        },
        ["supervisord.conf:4 gunicorn production app:app True"],
    ),
    (
        "circus: a watcher with arguments, a folder and a socket",
        {
            "circus.ini": "[watcher:worker]\ncmd = celery -A app worker\n[watcher:web]\ncmd = gunicorn\nargs = --bind fd://$(circus.sockets.web) app:app\nworking_dir = /srv/site/backend\nuse_sockets = True\n",
            "backend/app.py": APP,
        },
        ["circus.ini:4 gunicorn production app:app True"],
    ),
    (
        "circus: the file that the image's command names",
        {
            "Dockerfile": IMAGE + 'CMD ["circusd", "--log-level", "debug", "deploy/circus.ini"]\n',
            "deploy/circus.ini": "[watcher:web]\ncmd = flask run\n[env:w*]\nFLASK_APP = app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > deploy/circus.ini:2 flask-run production app:app True"],
    ),
    (
        "uwsgi: ini with chdir",
        {"uwsgi.ini": "[uwsgi]\nchdir = /srv/site/backend\nmodule = app:app\n", "backend/app.py": APP},
        ["uwsgi.ini:3 uwsgi production app:app True"],
    ),
    (
        "uwsgi: yaml",
        {"uwsgi.yaml": "uwsgi:\n  module: app\n  callable: app\n", "app.py": APP},
        ["uwsgi.yaml:2 uwsgi production app:app True"],
    ),
    (
        "uwsgi: json",
        {"uwsgi.json": '{"uwsgi": {"module": "app:app"}}', "app.py": APP},
        ["uwsgi.json:1 uwsgi production app:app True"],
    ),
    (
        "uwsgi: xml",
        {"uwsgi.xml": "<uwsgi>\n  <module>app:app</module>\n</uwsgi>\n", "app.py": APP},
        ["uwsgi.xml:2 uwsgi production app:app True"],
    ),
    (
        "uwsgi: wsgi-file and the default callable",
        {
            "uwsgi.ini": "[uwsgi]\nwsgi-file = web.py\n",
            "web.py": "from flask import Flask\napplication = Flask(__name__)\n",
        },
        ["uwsgi.ini:2 > web.py:2 uwsgi production web.py:application True"],
    ),
    (
        "uwsgi: mount",
        {"uwsgi.ini": "[uwsgi]\nmount = /=app:app\n", "app.py": APP},
        ["uwsgi.ini:2 uwsgi production app:app True"],
    ),
    (
        "uwsgi: arguments of the application",
        {"uwsgi.ini": "[uwsgi]\nmodule = app:app\npyargv = --port 80\n", "app.py": APP},
        ["uwsgi.ini:2 uwsgi production app:app True"],
    ),
    (
        "uwsgi: a placeholder",
        {"uwsgi.ini": "[uwsgi]\nproject = app\nmodule = %(project):app\n", "app.py": APP},
        ["uwsgi.ini:3 uwsgi production app:app True"],
    ),
    (
        "mod_wsgi: a virtual host",
        {
            "site.conf": "<VirtualHost *:80>\n  WSGIDaemonProcess web home=/srv/site\n  WSGIScriptAlias / /srv/site/web.wsgi process-group=web\n</VirtualHost>\n",
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        ["site.conf:3 > web.wsgi:1 mod_wsgi production web.wsgi:application True"],
    ),
    (
        "mod_wsgi: on a Windows host",
        {
            "site.conf": '<VirtualHost *:80>\n  WSGIScriptAlias / "C:/Apache24/htdocs/shop/web.wsgi"\n</VirtualHost>\n',
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        ["site.conf:2 > web.wsgi:1 mod_wsgi production web.wsgi:application True"],
    ),
    (
        "mod_wsgi-express",
        {
            "Dockerfile": IMAGE + 'CMD ["mod_wsgi-express", "start-server", "web.wsgi"]\n',
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > web.wsgi:1 mod_wsgi production web.wsgi:application True"],
    ),
    (
        "mod_wsgi: a script whose Apache configuration stands on the host",
        {
            "site.wsgi": "import sys\nsys.path.insert(0, '/var/www/site')\nfrom app import app as application\n",
            "app.py": APP,
        },
        ["site.wsgi:3 mod_wsgi production site.wsgi:application True"],
    ),
    (
        "mod_wsgi: a script that makes no application of the project",
        {"django.wsgi": "from site.wsgi import application\n", "app.py": APP},
        [],
    ),
    (
        "mod_wsgi: a script inside a package, which an installation copies",
        {"site/web.wsgi": "from site.app import app as application\n", "site/__init__.py": "", "site/app.py": APP},
        [],
    ),
    (
        "Passenger",
        {"passenger_wsgi.py": "from app import app as application\n", "app.py": APP},
        ["passenger_wsgi.py:1 passenger production passenger_wsgi:application True"],
    ),
    (
        "Passenger: the start is where the file binds the application",
        {
            "passenger_wsgi.py": "import sys\nsys.path.insert(0, '.')\nfrom app import app\n\napplication = app\n",
            "app.py": APP,
        },
        ["passenger_wsgi.py:5 passenger production passenger_wsgi:application True"],
    ),
    (
        "mod_wsgi: the start of a script is there as well",
        {"site.wsgi": "import sys\nsys.path.insert(0, '.')\nfrom app import app as application\n", "app.py": APP},
        ["site.wsgi:3 mod_wsgi production site.wsgi:application True"],
    ),
    (
        "Railway: a program that the repository does not have",
        {"railway.json": '{"deploy": {"startCommand": "python run.py"}}', "app.py": APP},
        ["railway.json:1 other production run.py False"],
    ),
    (
        "Railway: a shell's script that is not there, of which it is not known what it would start",
        {"railway.json": '{"deploy": {"startCommand": "bash start.sh"}}', "app.py": APP},
        [],
    ),
    (
        "Railway: a program that stands in a folder, which may be where it starts",
        {"railway.json": '{"deploy": {"startCommand": "python run.py"}}', "api/run.py": APP},
        [],
    ),
    (
        "Netlify: the script of the build goes on to start a server",
        {
            "netlify.toml": '[build]\nbase = "web"\ncommand = "./build.sh"\n[context.branch-deploy]\ncommand = "true"\n',
            "web/build.sh": "#!/bin/bash\npip install -r requirements.txt\ngunicorn app:app\n",
            "web/app.py": APP,
        },
        ["netlify.toml:3 > web/build.sh:3 gunicorn production app:app True"],
    ),
    (
        "Netlify: what people start at work",
        {"netlify.toml": '[build]\npublish = "."\n[dev]\ncommand = "flask --app app run"\n', "app.py": APP},
        ["netlify.toml:4 flask-run development app:app True"],
    ),
    (
        "Elastic Beanstalk: WSGIPath",
        {
            ".ebextensions/01.config": "option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: web:app\n",
            "web.py": APP,
        },
        [".ebextensions/01.config:3 gunicorn production web:app True"],
    ),
    (
        "Elastic Beanstalk: the old platform",
        {
            ".elasticbeanstalk/config.yml": "global:\n  default_platform: Python 3.6\n",
            ".ebextensions/01.config": "option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: application.py\n",
            "application.py": "from flask import Flask\napplication = Flask(__name__)\n",
        },
        [".ebextensions/01.config:3 mod_wsgi production application:application True"],
    ),
    (
        "Elastic Beanstalk: what the platform starts by itself",
        {
            ".ebextensions/01.config": "packages:\n  yum:\n    gcc: []\n",
            "application.py": "from flask import Flask\napplication = Flask(__name__)\n",
        },
        [".ebextensions/01.config:1 gunicorn production application:application True"],
    ),
    (
        "Elastic Beanstalk: a file with another ending is not read",
        {
            ".ebextensions/01.config.yaml": "option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: web:app\n",
            "web.py": APP,
        },
        [],
    ),
    (
        "Elastic Beanstalk: a hook starts a server in the folder of the version that runs",
        {
            ".ebextensions/01.config": 'files:\n  "/opt/elasticbeanstalk/hooks/appdeploy/post/web.sh":\n    mode: "000755"\n    content: |\n'
            "      #!/bin/bash\n      cd /var/app/current/site\n      gunicorn -D web:app\n",
            "site/web.py": APP,
            "current/site/web.py": "",
        },
        [".ebextensions/01.config:5 > .ebextensions/01.config:7 gunicorn production web:app True"],
    ),
    (
        "Elastic Beanstalk: a file that nothing runs",
        {
            ".ebextensions/01.config": 'files:\n  "/usr/local/bin/web.sh":\n    content: |\n      gunicorn web:app\n',
            "web.py": APP,
        },
        [],
    ),
    (
        "Elastic Beanstalk: a service that it writes",
        {
            ".ebextensions/01.config": 'files:\n  "/etc/systemd/system/web.service":\n    content: |\n'
            "      [Service]\n      ExecStart=/var/app/venv/bin/gunicorn web:app\n",
            "web.py": APP,
        },
        [".ebextensions/01.config:5 gunicorn production web:app True"],
    ),
    (
        "Elastic Beanstalk: commands of which one leaves a server running",
        {
            ".ebextensions/01.config": "container_commands:\n  01_migrate:\n    command: flask db upgrade\n  02_web:\n"
            "    command: nohup python web.py &\n    cwd: site\n",
            "site/web.py": APP + "app.run()\n",
        },
        [".ebextensions/01.config:5 > site/web.py:3 app-run production web:app True"],
    ),
    (
        "Elastic Beanstalk: a Procfile decides",
        {
            ".ebextensions/01.config": "packages:\n  yum:\n    gcc: []\n",
            "Procfile": "web: gunicorn app:app\n",
            "application.py": "from app import app as application\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "Elastic Beanstalk: configuration of something else",
        {".ebextensions/01.config": "packages:\n  yum:\n    gcc: []\n", "app.py": APP},
        [],
    ),
    (
        "App Engine: what the platform starts by itself",
        {"app.yaml": "runtime: python312\n", "main.py": APP},
        ["app.yaml:1 gunicorn production main:app True"],
    ),
    (
        "App Engine: an entrypoint",
        {"app.yaml": "runtime: python312\nentrypoint: gunicorn -b :$PORT app:app\n", "app.py": APP},
        ["app.yaml:2 gunicorn production app:app True"],
    ),
    (
        "App Engine, first generation: what the handlers name, once, and nothing of the platform itself",
        {
            "app.yaml": "runtime: python27\nthreadsafe: true\nhandlers:\n- url: /static\n  static_dir: static\n- url: /_ah/queue\n  script: google.appengine.ext.deferred.deferred.application\n"
            "- url: /admin.*\n  script: web.site.app\n- url: .*\n  script: web.site.app\n",
            "web/__init__.py": "",
            "web/site.py": APP,
            "main.py": APP,
        },
        ["app.yaml:9 other production web.site:app True"],
    ),
    (
        "App Engine, first generation: a module that an installation brings, a pattern, a CGI script",
        {
            "app.yaml": "runtime: python27\nhandlers:\n- url: /mapreduce\n  script: mapreduce.main.app\n- url: /(.*)\n  script: \\1.app\n- url: .*\n  script: main.py\n",
            "main.py": APP,
        },
        [],
    ),
    ("App Engine: another runtime", {"app.yaml": "runtime: go121\nentrypoint: ./server\n", "app.py": APP}, []),
    (
        "Azure: Bicep",
        {
            "infra/main.bicep": "resource web 'Microsoft.Web/sites@2022-03-01' = {\n  properties: {\n    siteConfig: {\n      appCommandLine: 'gunicorn app:app'\n    }\n  }\n}\n",
            "azure.yaml": "services:\n  web:\n    project: .\n    language: py\n    host: appservice\n",
            "app.py": APP,
        },
        ["infra/main.bicep:4 gunicorn production app:app True"],
    ),
    (
        "Azure: an ARM template",
        {
            "azuredeploy.json": '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n"resources": [{"type": "Microsoft.Web/sites", "properties": {"siteConfig": {\n"appCommandLine": "gunicorn app:app"}}}]}\n',
            "app.py": APP,
        },
        ["azuredeploy.json:3 gunicorn production app:app True"],
    ),
    (
        "Azure: a start-up script",
        {
            "infra/main.bicep": "resource web 'x' = {\n  properties: {\n    siteConfig: {\n      appCommandLine: 'startup.sh'\n    }\n  }\n}\n",
            "startup.sh": "gunicorn app:app\n",
            "app.py": APP,
        },
        ["infra/main.bicep:4 > startup.sh:1 gunicorn production app:app True"],
    ),
    (
        "Azure: what the platform starts by itself",
        {"azure.yaml": "services:\n  web:\n    project: .\n    language: py\n    host: appservice\n", "app.py": APP},
        ["azure.yaml:3 gunicorn production app:app True"],
    ),
    (
        "Azure: a text file with the start-up command",
        {
            "startup.txt": "gunicorn --bind=0.0.0.0 app:app\n",
            "azure.yaml": "services:\n  web:\n    project: .\n    language: py\n    host: appservice\n",
            "app.py": APP,
        },
        ["azure.yaml:3 gunicorn production app:app True", "startup.txt:1 gunicorn production app:app True"],
    ),
    (
        "Render",
        {
            "render.yaml": "services:\n  - type: web\n    name: site\n    runtime: python\n    startCommand: gunicorn app:app\n",
            "app.py": APP,
        },
        ["render.yaml:5 gunicorn production app:app True"],
    ),
    (
        "Render: a root folder",
        {
            "render.yaml": "services:\n  - type: web\n    name: site\n    runtime: python\n    rootDir: api\n    startCommand: gunicorn app:app\n",
            "api/app.py": APP,
        },
        ["render.yaml:6 gunicorn production app:app True"],
    ),
    (
        "Fly: processes over the image",
        {
            "fly.toml": 'app = "site"\n[processes]\napp = "gunicorn app:app"\n',
            "Dockerfile": IMAGE + "CMD flask run\n",
            "app.py": APP,
        },
        ["Dockerfile:4 flask-run production app:app True", "fly.toml:3 gunicorn production app:app True"],
    ),
    (
        "Fly: the image starts",
        {"fly.toml": 'app = "site"\n', "Dockerfile": IMAGE + "CMD gunicorn app:app\n", "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "Railway: toml",
        {"railway.toml": '[deploy]\nstartCommand = "gunicorn app:app"\n', "app.py": APP},
        ["railway.toml:2 gunicorn production app:app True"],
    ),
    (
        "Railway: json",
        {"railway.json": '{"deploy": {"startCommand": "gunicorn app:app"}}', "app.py": APP},
        ["railway.json:1 gunicorn production app:app True"],
    ),
    (
        "Railway: the default",
        {"railway.json": '{"build": {"builder": "RAILPACK"}}', "requirements.txt": "flask\ngunicorn\n", "main.py": APP},
        ["railway.json:1 gunicorn production main:app True"],
    ),
    (
        "Nixpacks",
        {"nixpacks.toml": '[start]\ncmd = "gunicorn app:app"\n', "app.py": APP},
        ["nixpacks.toml:2 gunicorn production app:app True"],
    ),
    (
        "Railpack",
        {"railpack.json": '{"deploy": {"startCommand": "gunicorn app:app"}}', "app.py": APP},
        ["railpack.json:1 gunicorn production app:app True"],
    ),
    (
        "Cloud Foundry",
        {"manifest.yml": "applications:\n  - name: site\n    command: gunicorn app:app\n", "app.py": APP},
        ["manifest.yml:3 gunicorn production app:app True"],
    ),
    (
        "Zappa",
        {"zappa_settings.json": '{"production": {"app_function": "app.app"}}', "app.py": APP},
        ["zappa_settings.json:1 lambda production app:app True"],
    ),
    (
        "Serverless",
        {
            "serverless.yml": "service: site\ncustom:\n  wsgi:\n    app: app.app\nfunctions:\n  api:\n    handler: wsgi_handler.handler\n",
            "app.py": APP,
        },
        ["serverless.yml:7 lambda production app:app True"],
    ),
    (
        "Vercel",
        {"vercel.json": '{"builds": [{"src": "api/index.py", "use": "@vercel/python"}]}', "api/index.py": APP},
        ["vercel.json:1 lambda production api.index:app True"],
    ),
    (
        "Vercel without a file of its own",
        {"api/index.py": "import json\n" + APP, "app.py": APP},
        ["api/index.py:3 lambda production api.index:app True"],
    ),
    (
        "Vercel where a file sends requests to another function, and to a page",
        {
            "web/vercel.json": '{"rewrites": [{"source": "/a", "destination": "/a.html"},'
            ' {"source": "/(.*)", "destination": "/api/site?p=$1"}]}',
            "web/api/site.py": APP,
        },
        ["web/api/site.py:2 lambda production api.site:app True"],
    ),
    (
        "Vercel where the file lists all that is built",
        {"vercel.json": '{"builds": [{"src": "index.html", "use": "@vercel/static"}]}', "api/index.py": APP},
        [],
    ),
    (
        "a package called api has views in its index",
        {"api/__init__.py": APP, "api/index.py": "from api import app\n"},
        [],
    ),
    ("what is no application", {"api/index.py": "def app():\n    return 1\n", "app.py": APP}, []),
    (
        "a project that another platform runs",
        {"api/index.py": APP, "app.py": APP, "Procfile": "web: gunicorn app:app\n"},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "a project whose image starts what is not seen",
        {"api/index.py": APP, "Dockerfile": "FROM python:3.13\nCOPY . /app\nCMD /opt/start\n"},
        [],
    ),
    (
        "App Runner",
        {"apprunner.yaml": "version: 1.0\nruntime: python3\nrun:\n  command: gunicorn app:app\n", "app.py": APP},
        ["apprunner.yaml:4 gunicorn production app:app True"],
    ),
    (
        "DigitalOcean",
        {".do/app.yaml": "name: site\nservices:\n  - name: web\n    run_command: gunicorn app:app\n", "app.py": APP},
        [".do/app.yaml:4 gunicorn production app:app True"],
    ),
    (
        "PythonAnywhere",
        {
            "site_pythonanywhere_com_wsgi.py": "import sys\nsys.path.insert(0, '/home/site/web')\nfrom app import app as application\n",
            "app.py": APP,
        },
        ["site_pythonanywhere_com_wsgi.py:3 uwsgi production site_pythonanywhere_com_wsgi.py:application True"],
    ),
    ("Toolforge", {"www/python/src/app.py": APP}, ["www/python/src/app.py:2 uwsgi production app:app True"]),
    ("a module of the same name elsewhere", {"src/app.py": APP}, []),
    ("make", {"Makefile": "run:\n\tflask run\n", "app.py": APP}, ["Makefile:2 flask-run development app:app True"]),
    (
        "make: a production server beside a deploy file",
        {"Makefile": "serve:\n\tgunicorn app:app\n", "Dockerfile": IMAGE + "CMD gunicorn app:app\n", "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app True", "Makefile:2 gunicorn development app:app True"],
    ),
    ("just", {"justfile": "serve:\n    flask run\n", "app.py": APP}, ["justfile:2 flask-run development app:app True"]),
    (
        "tox",
        {"tox.ini": "[testenv:serve]\ncommands = flask run\n", "app.py": APP},
        ["tox.ini:2 flask-run development app:app True"],
    ),
    (
        "hatch script",
        {
            "pyproject.toml": '[project]\nname = "site"\nversion = "1"\n[tool.hatch.envs.default.scripts]\nserve = "flask run"\n',
            "app.py": APP,
        },
        ["pyproject.toml:5 flask-run development app:app True"],
    ),
    (
        "pdm script",
        {
            "pyproject.toml": '[project]\nname = "site"\nversion = "1"\n[tool.pdm.scripts]\nserve = "flask run"\n',
            "app.py": APP,
        },
        ["pyproject.toml:5 flask-run development app:app True"],
    ),
    (
        "pdm script from the image",
        {
            "pyproject.toml": '[project]\nname = "site"\nversion = "1"\n[tool.pdm.scripts]\nserve = "gunicorn app:app"\n',
            "Dockerfile": IMAGE + "CMD pdm run serve\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > pyproject.toml:5 gunicorn production app:app True"],
    ),
    (
        "npm script",
        {"package.json": '{"scripts": {"dev": "flask run"}}', "app.py": APP},
        ["package.json:1 flask-run development app:app True"],
    ),
    (
        "npm from the image",
        {
            "package.json": '{"scripts": {"start": "gunicorn app:app"}}',
            "Dockerfile": IMAGE + "CMD npm start\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > package.json:1 gunicorn production app:app True"],
    ),
    (
        "honcho from the image",
        {"Procfile": "web: gunicorn app:app\n", "Dockerfile": IMAGE + "CMD honcho start web\n", "app.py": APP},
        ["Dockerfile:4 > Procfile:1 gunicorn production app:app True"],
    ),
    (
        "foreman with a file of its own",
        {"Procfile.dev": "web: flask run\n", "Makefile": "dev:\n\tforeman start -f Procfile.dev\n", "app.py": APP},
        ["Makefile:2 > Procfile.dev:1 flask-run development app:app True"],
    ),
    (
        "nox session",
        {
            "noxfile.py": "import nox\n\n\n@nox.session\ndef serve(session):\n    session.run('flask', 'run')\n",
            "app.py": APP,
        },
        ["noxfile.py:6 flask-run development app:app True"],
    ),
    (
        "invoke task",
        {"tasks.py": "from invoke import task\n\n\n@task\ndef serve(c):\n    c.run('flask run')\n", "app.py": APP},
        ["tasks.py:6 flask-run development app:app True"],
    ),
    (
        "fabric task",
        {
            "fabfile.py": "from fabric.api import local, task, shell_env\n\n\n@task\ndef debug():\n    with shell_env(FLASK_APP='web.py'):\n        local('flask run')\n",
            "web.py": APP,
        },
        ["fabfile.py:7 flask-run development web.py:app True"],
    ),
    (
        "Taskfile",
        {"Taskfile.yml": "version: '3'\ntasks:\n  serve:\n    cmds:\n      - flask run\n", "app.py": APP},
        ["Taskfile.yml:5 flask-run development app:app True"],
    ),
    (
        "Taskfile from the image",
        {
            "Taskfile.yml": "version: '3'\ntasks:\n  serve: gunicorn app:app\n",
            "Dockerfile": IMAGE + "CMD task serve\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > Taskfile.yml:3 gunicorn production app:app True"],
    ),
    (
        "crontab @reboot",
        {
            "deploy/crontab": "MAILTO=root\n# keep it up\n@reboot cd /srv/site && /srv/site/venv/bin/gunicorn app:app\n5 4 * * * flask cleanup\n",
            "app.py": APP,
        },
        ["deploy/crontab:3 gunicorn production app:app True"],
    ),
    (
        "rc.local",
        {"rc.local": "#!/bin/sh -e\ncd /srv/site\ngunicorn app:app &\nexit 0\n", "app.py": APP},
        ["rc.local:3 gunicorn production app:app True"],
    ),
    (
        "a workflow is no deploy file",
        {
            ".github/workflows/test.yml": "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          flask run &\n          pytest\n",
            "app.py": APP,
        },
        [".github/workflows/test.yml:7 flask-run test app:app True"],
    ),
    (
        "devcontainer: lifecycle commands, with comments and a trailing comma",
        {
            ".devcontainer/devcontainer.json": '{\n\t// the site\n\t"image": "https://x/y", /* a\n\tb */\n\t"postStartCommand": ["flask", "--app", "app", "run"],\n\t"postAttachCommand": {"web": "cd sub && gunicorn site:app"},\n}\n',
            "app.py": APP,
            "sub/site.py": APP,
        },
        [
            ".devcontainer/devcontainer.json:5 flask-run development app:app True",
            ".devcontainer/devcontainer.json:6 gunicorn development site:app True",
        ],
    ),
    (
        "devcontainer: one of several, whatever its commands are called",
        {
            ".devcontainer/api/devcontainer.json": '{"image": "x/y", "postAttachCommand": {\n"production": "gunicorn app:app",\n"tests": "flask run"}}',
            "app.py": APP,
        },
        [
            ".devcontainer/api/devcontainer.json:2 gunicorn development app:app True",
            ".devcontainer/api/devcontainer.json:3 flask-run development app:app True",
        ],
    ),
    (
        "devcontainer: the service of a compose file brings the folder and the environment",
        {
            ".devcontainer/devcontainer.json": '{"dockerComposeFile": ["../compose.yaml", "docker-compose.yml"], "service": "web",\n"workspaceFolder": "/workspace", "postStartCommand": "flask run"}',
            ".devcontainer/docker-compose.yml": "services:\n  web:\n    volumes: ['../back:/workspace:cached']\n    command: sleep infinity\n",
            "compose.yaml": "services:\n  web:\n    image: python:3.13\n    environment: {FLASK_APP: entry.py}\n",
            "back/entry.py": APP,
        },
        [".devcontainer/devcontainer.json:2 flask-run development entry.py:app True"],
    ),
    (
        "devcontainer: a mount of a part of the project, with the container's environment",
        {
            ".devcontainer.json": '{"image": "x/y", "workspaceMount": "source=${localWorkspaceFolder}/back,target=/work,type=bind",\n"workspaceFolder": "/work", "containerEnv": {"FLASK_APP": "entry"}, "postAttachCommand": "flask run"}',
            "back/entry.py": APP,
        },
        [".devcontainer.json:2 flask-run development entry:app True"],
    ),
    (
        "devcontainer: a folder that the editor mounts",
        {
            ".devcontainer/devcontainer.json": '{"dockerComposeFile": "compose.yaml", "service": "web", "workspaceFolder": "/workspaces/${localWorkspaceFolderBasename}",\n"postCreateCommand": "cd ${containerWorkspaceFolder}/back && flask run"}',
            ".devcontainer/compose.yaml": "services:\n  web:\n    image: python:3.13\n    volumes: ['../..:/workspaces']\n",
            "back/app.py": APP,
        },
        [".devcontainer/devcontainer.json:2 flask-run development app:app True"],
    ),
    (
        "devcontainer: what runs on the host before there is a container is no command of it",
        {".devcontainer/devcontainer.json": '{"initializeCommand": "flask run"}', "app.py": APP},
        [],
    ),
    (
        "ECS task definition",
        {
            "task-definition.json": '{"containerDefinitions": [{"name": "web", "image": "site", "command": ["gunicorn", "app:app"]}]}',
            "app.py": APP,
        },
        ["task-definition.json:1 gunicorn production app:app True"],
    ),
    (
        "a buildpack image",
        {"project.toml": "", "Procfile": "web: gunicorn 'app:create_app()'\n", "app.py": FACTORY},
        ["Procfile:1 gunicorn production app:create_app() True"],
    ),
    (
        "the only stage of Zappa is what is deployed, whatever its name",
        {"zappa_settings.json": '{"dev": {"app_function": "app.app"}}', "app.py": APP},
        ["zappa_settings.json:1 lambda production app:app True"],
    ),
    (
        "of several, the names say which",
        {
            "zappa_settings.json": '{"dev": {"app_function": "app.app"},\n"prod": {"app_function": "app.app"}}',
            "app.py": APP,
        },
        [
            "zappa_settings.json:1 lambda development app:app True",
            "zappa_settings.json:2 lambda production app:app True",
        ],
    ),
    (
        "a SAM function whose handler hands events to the application",
        {
            "template.yaml": "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src/\n      Handler: handler.main\n      Runtime: python3.12\n  Job:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: src/, Handler: job.main, Runtime: python3.12}\n",
            "src/handler.py": "import awsgi\nfrom web import app\n\n\ndef main(event, context):\n    return awsgi.response(app, event, context)\n",
            "src/job.py": "def main(event, context):\n    return 1\n",
            "src/web.py": APP,
        },
        ["template.yaml:7 lambda production handler:main True"],
    ),
    (
        "an image of AWS Lambda, whose CMD is the handler",
        {
            "Dockerfile": 'FROM public.ecr.aws/lambda/python:3.12\nCOPY src/web ${LAMBDA_TASK_ROOT}\nCMD ["handler.main"]\n',
            "job/Dockerfile": 'FROM public.ecr.aws/lambda/python:3.12\nCOPY src/job ${LAMBDA_TASK_ROOT}\nCMD ["handler.main"]\n',
            "src/web/handler.py": "import awsgi\nfrom web import app\n\n\ndef main(event, context):\n    return awsgi.response(app, event, context)\n",
            "src/web/web.py": APP,
            "src/job/handler.py": "def main(event, context):\n    return 1\n",
            "handler.py": "def main(event, context):\n    return 2\n",
        },
        ["Dockerfile:3 lambda production handler:main True"],
    ),
    (
        "an image of another kind with the client of the Lambda runtime",
        {
            "Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY src .\nCOPY boot.sh /\nENTRYPOINT ["/boot.sh"]\nCMD ["handler.main"]\n',
            "boot.sh": '#!/bin/sh\nexec python -m awslambdaric "$1"\n',
            "src/handler.py": "import awsgi\nfrom web import app\n\n\ndef main(event, context):\n    return awsgi.response(app, event, context)\n",
            "src/web.py": APP,
        },
        ["Dockerfile:5 > Dockerfile:6 > boot.sh:2 lambda production handler:main True"],
    ),
    (
        "an image of AWS Lambda that starts a server",
        {
            "Dockerfile": 'FROM public.ecr.aws/lambda/python:3.12\nCOPY . .\nENTRYPOINT []\nCMD ["gunicorn", "app:app"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "a SAM function behind Lambda Web Adapter",
        {
            "template.yaml": "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Runtime: python3.12\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src/\n      Handler: run.sh\n      Environment:\n        Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/bootstrap, PORT: 8000}\n",
            "src/run.sh": "#!/bin/bash\nPATH=$PATH:$LAMBDA_TASK_ROOT/bin exec python -m gunicorn -b=:$PORT app:app\n",
            "src/app.py": APP,
        },
        ["template.yaml:10 > src/run.sh:2 gunicorn production app:app True"],
    ),
    (
        "a SAM function in another language",
        {
            "template.yaml": "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: app.main, Runtime: nodejs20.x}\n",
            "app.py": APP + "\n\ndef main(event, context):\n    return app\n",
        },
        [],
    ),
    (
        "a handler of the Serverless Framework without its WSGI plug-in",
        {
            "serverless.yml": "service: site\nprovider: {name: aws, runtime: python3.12}\nfunctions:\n  api:\n    handler: src/entry.main\n",
            "src/entry.py": "import awsgi\nfrom src.web import app\n\n\ndef main(event, context):\n    return awsgi.response(app, event, context)\n",
            "src/web.py": APP,
        },
        ["serverless.yml:5 lambda production src.entry:main True"],
    ),
    (
        "Passenger inside nginx",
        {
            "deploy/site.conf": "server {\n  listen 80;\n  passenger_enabled on;\n  passenger_app_root /home/app/site;\n  passenger_startup_file web/entry.py;\n}\n",
            "web/entry.py": "from flask import Flask\napplication = Flask(__name__)\n",
        },
        ["deploy/site.conf:5 > web/entry.py:2 passenger production web/entry.py:application True"],
    ),
    (
        "a base image that starts the application by itself",
        {"Dockerfile": "FROM tiangolo/uwsgi-nginx-flask:python3.12\nCOPY ./site /app\n", "site/main.py": APP},
        ["Dockerfile:1 uwsgi production main:app True"],
    ),
    (
        "such an image with a configuration of the project's own",
        {
            "Dockerfile": "FROM tiangolo/uwsgi-nginx-flask:python3.12\nCOPY ./site /app\n",
            "site/uwsgi.ini": "[uwsgi]\nmodule = web.entry\ncallable = app\n",
            "site/web/entry.py": APP,
        },
        ["Dockerfile:1 > site/uwsgi.ini:2 uwsgi production web.entry:app True"],
    ),
    (
        "such an image serves from its own folder, in which a package is called like it",
        {
            "app/Dockerfile": "FROM tiangolo/uwsgi-nginx-flask:python3.12\nCOPY ./requirements.txt /\nCOPY ./app /app\n",
            "requirements.txt": "flask\n",
            "app/uwsgi.ini": "[uwsgi]\nmodule = app.app\ncallable = app\n",
            "app/app/__init__.py": "",
            "app/app/app.py": APP,
        },
        ["app/Dockerfile:1 > app/uwsgi.ini:2 uwsgi production app.app:app True"],
    ),
    (
        "source-to-image: the Python builder serves APP_MODULE with gunicorn",
        {".s2i/environment": "UPGRADE_PIP_TO_LATEST=1\nAPP_MODULE=shop.web:app\n", "shop/web.py": APP},
        [".s2i/environment:2 gunicorn production shop.web:app True"],
    ),
    (
        "source-to-image: a target that is not there",
        {".s2i/environment": "APP_MODULE=web:application\n", "web.py": APP},
        [".s2i/environment:1 gunicorn production web:application False"],
    ),
    (
        "source-to-image: app.py goes before APP_MODULE",
        {".s2i/environment": "APP_MODULE=app:app\n", "app.py": APP + "app.run()\n"},
        [".s2i/environment:1 > app.py:3 app-run production app:app True"],
    ),
    (
        "source-to-image: APP_FILE in APP_HOME",
        {".s2i/environment": "APP_HOME=web\nAPP_FILE=start.py\n", "web/start.py": APP + "app.run()\n"},
        [".s2i/environment:2 > web/start.py:3 app-run production start:app True"],
    ),
    (
        "source-to-image: APP_SCRIPT goes first",
        {
            ".s2i/environment": "APP_SCRIPT=serve.sh\nAPP_MODULE=web:app\n",
            "serve.sh": "#!/bin/sh\nexec waitress-serve web:app\n",
            "web.py": APP,
        },
        [".s2i/environment:1 > serve.sh:2 waitress production web:app True"],
    ),
    (
        "source-to-image: a run script of the project's own replaces the builder's",
        {
            ".s2i/environment": "APP_MODULE=web:app\n",
            ".s2i/bin/run": "#!/bin/sh\nexec waitress-serve web:app\n",
            "web.py": APP,
        },
        [".s2i/bin/run:2 waitress production web:app True"],
    ),
    (
        "source-to-image: the environment of another language's builder",
        {".s2i/environment": "NPM_RUN=serve\n", "app.py": APP + "app.run()\n"},
        [],
    ),
    (
        "a process manager told by a variable which processes to start",
        {
            "Dockerfile": IMAGE + "CMD honcho start -f Procfile $PROCESSES\n",
            "Procfile": "web: gunicorn app:app\nworker: celery -A app worker\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > Procfile:1 gunicorn production app:app True"],
    ),
    (
        "processes of Fly.io as a list: a name and a command each, nothing else of them is read",
        {
            "fly.toml": 'app = "site"\n[[processes]]\nname = "app"\ncommand = "gunicorn app:app"\n[[processes]]\nname = "other"\nentrypoint = ["flask", "run"]\n',
            "app.py": APP,
        },
        ["fly.toml:4 gunicorn production app:app True"],
    ),
    (
        "a copy of a file that was put aside beside it",
        {
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "Dockerfile.old": IMAGE + "CMD flask run\n",
            "Procfile": "web: gunicorn app:app\n",
            "docker-compose.yml": "services:\n  cache:\n    image: redis:8\n",
            "docker-compose.old.yml": "services:\n  web:\n    build: .\n    command: flask run\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 gunicorn production app:app True",
            "Procfile:1 gunicorn production app:app True",
        ],
    ),
    (
        "... that something builds",
        {
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "Dockerfile.old": IMAGE + "CMD flask run\n",
            "build.sh": "docker build -f Dockerfile.old -t site .\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "Dockerfile.old:4 flask-run production app:app True"],
    ),
    (
        "... without an original beside it, or called after something else",
        {
            "Dockerfile.old": IMAGE + "CMD flask run\n",
            "Dockerfile.gold": IMAGE + "CMD flask run\n",
            "app.py": APP,
        },
        ["Dockerfile.gold:4 flask-run production app:app True", "Dockerfile.old:4 flask-run production app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


def test_a_copy_that_is_left_out_is_said() -> None:
    files = {"Dockerfile": IMAGE + "CMD gunicorn app:app\n", "Dockerfile.old": IMAGE + "CMD flask run\n", "app.py": APP}
    project = link(parse(memory_tree(files)), name="site")
    assert [(each.file, each.blocking, "put aside" in each.message) for each in project.problems] == [("Dockerfile.old", False, True)]
