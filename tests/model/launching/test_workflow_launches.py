"""Workflows that deploy, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
RUN = APP + "if __name__ == '__main__':\n    app.run(host='0.0.0.0')\n"
PATH = ".github/workflows/main.yml"


def workflow(steps: str, job: str = "deploy", runs: str = "ubuntu-latest") -> str:
    return f"on: push\njobs:\n  {job}:\n    runs-on: {runs}\n    steps:\n{steps}"


def by_ssh(*lines: str) -> str:
    script = "".join(f"            {line}\n" for line in lines)
    return (
        "      - uses: appleboy/ssh-action@v1\n        with:\n          host: ${{ secrets.HOST }}\n          script: |\n"
        + script
    )


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "an action runs a script on the server",
        {
            PATH: workflow(by_ssh("cd /var/www/shop", "git pull", "nohup gunicorn -b :80 app:app &")),
            "app.py": APP,
        },
        [f"{PATH}:10 > {PATH}:12 gunicorn production app:app True"],
    ),
    (
        "the development server, in a workflow that tests as well",
        {
            ".github/workflows/test.yml": workflow(by_ssh("cd shop && python3 app.py &"), job="test-and-go"),
            "app.py": RUN,
        },
        [".github/workflows/test.yml:10 > app.py:4 app-run production app:app True"],
    ),
    (
        "a job for the developers' server",
        {PATH: workflow(by_ssh("gunicorn app:app"), job="deploy-dev"), "app.py": APP},
        [f"{PATH}:10 gunicorn development app:app True"],
    ),
    (
        "a job for an environment of developers",
        {
            PATH: workflow("").replace("    steps:\n", "    environment: {name: dev}\n    steps:\n")
            + by_ssh("gunicorn app:app"),
            "app.py": APP,
        },
        [f"{PATH}:11 gunicorn development app:app True"],
    ),
    (
        "a script of the project that the server runs",
        {
            PATH: workflow(by_ssh("cd /srv/shop", "./ops/start.sh ${{ github.sha }}")),
            "ops/start.sh": "#!/bin/sh\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        [f"{PATH}:10 > {PATH}:11 > ops/start.sh:2 gunicorn production app:app True"],
    ),
    (
        "ssh among the commands of a job, by an argument and by a text of its own",
        {
            PATH: workflow(
                "      - run: |\n          pytest\n          ssh -i key -o A=no me@host 'cd shop; gunicorn one:app'\n"
            ),
            ".gitlab-ci.yml": "ship:\n  environment: production\n  script:\n  - |\n    ssh me@host <<'EOF'\n    cd shop\n    gunicorn two:app\n    EOF\n",
            "one.py": APP,
            "two.py": APP,
        },
        [
            f"{PATH}:8 gunicorn production one:app True",
            ".gitlab-ci.yml:6 > .gitlab-ci.yml:7 gunicorn production two:app True",
        ],
    ),
    (
        "what the job runs on its own machine is a test",
        {PATH: workflow("      - run: |\n          gunicorn app:app &\n          ssh me@host uptime\n"), "app.py": APP},
        [f"{PATH}:7 gunicorn test app:app True"],
    ),
    (
        "the start command of a platform",
        {
            ".github/workflows/action.yml": workflow(
                "      - uses: azure/webapps-deploy@v3\n        with:\n          startup-command: gunicorn one:app\n"
            ),
            ".github/workflows/line.yml": workflow(
                "      - run: az webapp config set -g shop -n shop --startup-file 'gunicorn two:app'\n"
            ),
            ".github/workflows/run.yml": workflow(
                "      - run: gcloud run deploy shop --image x --command gunicorn --args=-b,:8080,three:app\n"
            ),
            "one.py": APP,
            "two.py": APP,
            "three.py": APP,
        },
        [
            ".github/workflows/action.yml:8 gunicorn production one:app True",
            ".github/workflows/line.yml:6 gunicorn production two:app True",
            ".github/workflows/run.yml:6 gunicorn production three:app True",
        ],
    ),
    (
        "a workflow that others call, with their inputs and for their environments",
        {
            PATH: "on: push\njobs:\n  production:\n    uses: ./.github/workflows/ship.yml\n    with: {app-module: one}\n"
            "  dev:\n    uses: ./.github/workflows/ship.yml\n    with: {app-module: two}\n",
            ".github/workflows/ship.yml": workflow(by_ssh("cd shop", "gunicorn ${{ inputs.app-module }}:app"), "go").replace(
                "on: push", "on: {workflow_call: {}}"
            ),
            "one.py": APP,
            "two.py": APP,
        },
        [
            ".github/workflows/ship.yml:10 > .github/workflows/ship.yml:11 gunicorn production one:app True",
            ".github/workflows/ship.yml:10 > .github/workflows/ship.yml:11 gunicorn development two:app True",
        ],
    ),
    (
        "a composite action, with the default of an input",
        {
            PATH: workflow("      - uses: ./.github/actions/ship/\n"),
            ".github/actions/ship/action.yml": "inputs: {target: {default: 'app:app'}}\nruns:\n  using: composite\n  steps:\n"
            "  - run: ssh me@host 'gunicorn ${{ inputs.target }}'\n    shell: bash\n",
            "app.py": APP,
        },
        [".github/actions/ship/action.yml:5 gunicorn production app:app True"],
    ),
    (
        "workflows that call one another, and one that is not there",
        {
            PATH: workflow(by_ssh("gunicorn app:app")) + "  two: {uses: ./.github/workflows/two.yml}\n",
            ".github/workflows/two.yml": "on: workflow_call\njobs:\n  a: {uses: ./.github/workflows/main.yml}\n"
            "  b: {uses: ./../../lost.yml}\n",
            "app.py": APP,
        },
        [f"{PATH}:10 gunicorn production app:app True"],
    ),
    (
        "an image that the project builds starts by itself",
        {
            PATH: workflow(by_ssh("docker pull me/site", "docker run -d -p 80:8000 site:latest")),
            "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:3 gunicorn production app:app True"],
    ),
    (
        "a script of a person at work that deploys",
        {
            "ship.sh": "#!/bin/sh\nssh me@host 'cd shop && gunicorn app:app'\n",
            "app.py": APP,
        },
        ["ship.sh:2 gunicorn production app:app True"],
    ),
]


SOURCE = "      - run: gcloud run deploy shop --quiet --source . --set-env-vars MODE=live,LEVEL=1\n"
DEPLOYED = "#!/bin/sh\ngcloud beta run deploy shop --source=GIVEN\n"
CASES += [
    (
        "a platform builds the folder: its buildpack starts gunicorn",
        {PATH: workflow(SOURCE), "main.py": APP, "app.py": APP},
        [f"{PATH}:6 gunicorn production main:app True"],
    ),
    (
        "of a folder, by a script",
        {"deploy.sh": DEPLOYED.replace("GIVEN", "back"), "back/app.py": APP, "main.py": APP},
        ["deploy.sh:2 gunicorn production app:app True"],
    ),
    (
        "by an action, by a task",
        {
            PATH: workflow(
                "      - uses: google-github-actions/deploy-cloudrun@v2\n        with:\n          source: ./back\n"
            ),
            "Makefile": "ship:\n\tgcloud run deploy shop --source front\n",
            "back/main.py": APP,
            "front/main.py": APP,
        },
        [f"{PATH}:8 gunicorn production main:app True", "Makefile:2 gunicorn production main:app True"],
    ),
    (
        "by a task, beside another part of the project that another platform runs",
        {
            "Makefile": "ship:\n\tgcloud run deploy shop --source front\n",
            "back/Procfile": "web: gunicorn app:app\n",
            "back/app.py": APP,
            "front/main.py": APP,
        },
        ["Makefile:2 gunicorn production main:app True", "back/Procfile:1 gunicorn production app:app True"],
    ),
    (
        "what the build is told to start",
        {
            "deploy.sh": DEPLOYED.replace("GIVEN", ". --set-build-env-vars GOOGLE_ENTRYPOINT='gunicorn web:app'"),
            "web.py": APP,
            "main.py": APP,
        },
        ["deploy.sh:2 gunicorn production web:app True"],
    ),
    (
        "a folder whose Dockerfile says it is built by that",
        {PATH: workflow(SOURCE), "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD gunicorn app:app\n", "app.py": APP},
        ["Dockerfile:3 gunicorn production app:app True"],
    ),
    (
        "a Procfile",
        {PATH: workflow(SOURCE), "Procfile": "web: gunicorn app:app\n", "app.py": APP, "main.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "steps of Cloud Build: a program with its arguments, a shell, a script",
        {
            "cloudbuild.yaml": "substitutions: {_DIR: front}\nsteps:\n- name: gcr.io/cloud-builders/gcloud\n  dir: back\n  args: [run, deploy, shop, --source, .]\n"
            "- name: gcr.io/google.com/cloudsdktool/cloud-sdk\n  entrypoint: bash\n  args: ['-c', 'gcloud run deploy two --source $_DIR']\n"
            "- name: gcr.io/google.com/cloudsdktool/cloud-sdk\n  id: dev\n  script: |\n    pytest\n    gcloud run deploy three --image=x --command=gunicorn --args=three:app\n",
            "back/main.py": APP,
            "front/main.py": APP,
            "three.py": APP,
        },
        [
            "cloudbuild.yaml:3 gunicorn production main:app True",
            "cloudbuild.yaml:8 gunicorn production main:app True",
            "cloudbuild.yaml:13 gunicorn development three:app True",
        ],
    ),
    ("another server may be started", {PATH: workflow(SOURCE), "requirements.txt": "flask\nuvicorn\n", "app.py": APP}, []),
    (
        "a script of the project that the buildpack may start",
        {PATH: workflow(SOURCE), "pyproject.toml": "[project]\nname = 'a'\n[project.scripts]\nstart = 'a:b'\n", "app.py": APP},
        [],
    ),
    ("no application by that name", {PATH: workflow(SOURCE), "main.py": "x = 1\n", "app.py": APP}, []),
    ("a function", {"deploy.sh": DEPLOYED.replace("GIVEN", ". --function handle"), "main.py": APP}, []),
]


def test_what_a_deployment_of_sources_sets_and_brings() -> None:
    (launch,) = link(parse(memory_tree({PATH: workflow(SOURCE), "main.py": APP})), name="site").launches
    assert {name: str(launch.env[name].value) for name in ("MODE", "LEVEL")} == {"MODE": "live", "LEVEL": "1"}  # type: ignore[union-attr]
    assert (launch.source, launch.options["bind"][0]) == ("platform-default", ":8080")


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_launches_of_workflows(
    files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(
    ("given", "files", "unknown"),
    [
        (".", {"requirements.txt": "flask\nuvicorn\n", "main.py": APP}, ["deploy.sh:2"]),
        (".", {"requirements.txt": "flask\nuvicorn\ngunicorn\n", "main.py": APP}, []),
        (".", {"pyproject.toml": "[project]\nname = 'a'\n[project.scripts]\nstart = 'a:b'\n", "main.py": APP}, ["deploy.sh:2"]),
        (".", {"project.toml": "", "web.py": APP}, ["deploy.sh:2"]),
        (". --build-env-vars-file build.yaml", {"web.py": APP}, ["deploy.sh:2"]),
        (". --set-build-env-vars A=1,GOOGLE_ENTRYPOINT=x", {"main.py": APP}, ["deploy.sh:2"]),
        ("back --build-env-vars-file build.yaml", {"back/web.py": APP}, ["deploy.sh:2"]),
        ("front --build-env-vars-file build.yaml", {"front/index.js": "", "web.py": APP}, []),
        (".", {"project.toml": "", "Procfile": "web: gunicorn web:app\n", "web.py": APP}, []),
        (". --function handle --build-env-vars-file build.yaml", {"main.py": APP}, []),
    ],
)
def test_a_deployment_of_sources_that_may_start_something_else_is_unknown(
    given: str, files: dict[str, str], unknown: list[str]
) -> None:
    tree = {"deploy.sh": DEPLOYED.replace("GIVEN", given), **files}
    project = link(parse(memory_tree(tree)), name="site")
    assert [f"{hop.span.file}:{hop.span.line}" for hop in project.unknown_starts] == unknown


@pytest.mark.parametrize(
    "start",
    [
        'ssh me@host "gunicorn app:app"',
        "ssh -i key -p 22 me@host gunicorn app:app",
        "ssh me@host -p 22 gunicorn app:app",
        "ssh me@host <<'EOF'\ngunicorn app:app\nEOF",
        "cat <<'EOF' | ssh me@host\ngunicorn app:app\nEOF",
    ],
)
def test_whatever_way_the_command_gets_there(start: str) -> None:
    script = f"#!/bin/bash\nexport FLASK_ENV=development\n{start}\n"
    (launch,) = link(parse(memory_tree({"ship.sh": script, "app.py": APP})), name="site").launches
    assert launch.wrappers[-1:] == ("ssh",)
    assert "FLASK_ENV" not in launch.env


def test_a_script_that_cannot_be_read_is_said() -> None:
    run = "( " * 300 + "ssh me@host up" + " )" * 300
    text = f"jobs:\n  ship:\n    steps:\n      - run: {run!r}\n"
    project = link(parse(memory_tree({".github/workflows/ship.yml": text, "app.py": APP})), name="site")
    (problem,) = project.problems
    assert problem.file == ".github/workflows/ship.yml"
    assert "could not be read as shell" in problem.message


def test_the_shell_of_another_machine_has_nothing_of_the_one_at_hand() -> None:
    script = (
        "#!/bin/bash\nexport FLASK_ENV=development\nKEY=$(grep K .env)\nSSH=ssh\n"
        'if [ -n "$KEY" ]; then\n    SSH="ssh -i $KEY"\nfi\nif [ "$PORT" != 22 ]; then\n    SSH="$SSH -p $PORT"\nfi\n'
        '$SSH "$HOST" "test -d shop"\nssh me@host "gunicorn app:app"\n'
    )
    project = link(parse(memory_tree({"ship.sh": script, "app.py": APP})), name="site")
    assert project.problems == ()
    (launch,) = project.launches
    assert "FLASK_ENV" not in launch.env


def test_many_calls_of_many_calls_end() -> None:
    def calling(name: str) -> str:
        return "on: workflow_call\njobs:\n" + "".join(
            f"  j{number}: {{uses: ./.github/workflows/{name}.yml, with: {{a: '${{{{ inputs.a }}}}{number}'}}}}\n"
            for number in range(100)
        )

    files = {f".github/workflows/{name}.yml": calling(below) for name, below in ("ab", "bc", "cd", "de")}
    files[".github/workflows/e.yml"] = workflow(by_ssh("gunicorn ${{ inputs.a }}:app"))
    facts = parse(memory_tree({**files, "app.py": APP}))
    assert not facts.problems
    assert len(facts.start_files[".github/workflows/e.yml"].starts) < 500


def test_workflows_that_call_one_another_end() -> None:
    text = workflow(by_ssh("gunicorn app:app")) + "  again: {uses: ./.github/workflows/main.yml}\n"
    facts = parse(memory_tree({PATH: text, ".github/workflows/a.yml": text, "app.py": APP}))
    assert len(facts.start_files[PATH].starts) < 15


UNIT = "[Service]\nExecStart=/srv/bin/gunicorn app:app\n"


@pytest.mark.parametrize(
    ("command", "files", "expected"),
    [
        ("sudo systemctl restart shop", {}, [f"{PATH}:10"]),
        ("sudo systemctl restart shop.service", {"ops/shop.service": UNIT}, []),
        ("sudo service nginx restart", {}, []),
        ("sudo systemctl stop shop", {}, []),
        ("supervisorctl restart shop", {"sup.conf": "[program:shop]\ncommand=gunicorn app:app\n"}, []),
        ("systemctl restart apache2", {}, [f"{PATH}:10"]),
        ("systemctl restart apache2", {"shop.wsgi": "from app import app as application\n"}, []),
    ],
)
def test_a_service_of_the_server_that_the_project_does_not_show(
    command: str, files: dict[str, str], expected: list[str]
) -> None:
    project = link(parse(memory_tree({PATH: workflow(by_ssh(command)), "app.py": APP, **files})), name="site")
    assert [str(hop.span) for hop in project.unknown_starts] == expected


def test_a_workflow_that_starts_nothing_is_no_deploy_file() -> None:
    project = link(parse(memory_tree({PATH: workflow(by_ssh("git pull")), "app.py": RUN})), name="site")
    assert [site.production for site in project.run_sites] == ["no-deploy-files"]
