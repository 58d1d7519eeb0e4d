"""What jobs of workflows and pipelines start on their own machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
RUN = APP + "if __name__ == '__main__':\n    app.run()\n"
SERVE = "#!/bin/sh\npython app.py &\npytest\n"
PATH = ".github/workflows/main.yml"


def workflow(steps: str, above: str = "", job: str = "") -> str:
    return f"on: push\n{above}jobs:\n  try:\n{job}    steps:\n{steps}"


def step(run: str, more: str = "") -> str:
    return "      - run: |\n" + "".join(f"          {line}\n" for line in run.split("\n")) + more


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a script for tests, which is not listed by itself",
        {PATH: workflow(step("ci/serve.sh")), "ci/serve.sh": SERVE, "app.py": RUN},
        [f"{PATH}:6 > ci/serve.sh:2 > app.py:4 app-run test app:app True"],
    ),
    (
        "in a folder that the environment of the workflow, the job and the step names",
        {
            PATH: workflow(
                step("bash '${{ env.A }}/one.sh'")
                + step('"$B"/two.sh')
                + step("./three.sh", "        working-directory: ${{ env.C }}\n        env: {C: tests/c}\n")
                + step("./${{ env.A }}/${{ env.NAME }}.sh", "        env: {NAME: four}\n"),
                above="env: {A: ci}\n",
                job="    env:\n      B: ${{ env.A }}/b\n",
            ),
            "ci/one.sh": SERVE.replace("app.py", '"$A"/../one.py'),
            "ci/b/two.sh": SERVE.replace("app.py", "two.py"),
            "tests/c/three.sh": SERVE.replace("app.py", "three.py"),
            "ci/four.sh": SERVE.replace("app.py", "four.py"),
            **dict.fromkeys(("one.py", "two.py", "tests/c/three.py", "four.py"), RUN),
        },
        [
            f"{PATH}:9 > ci/one.sh:2 > one.py:4 app-run test one:app True",
            f"{PATH}:11 > ci/b/two.sh:2 > two.py:4 app-run test two:app True",
            f"{PATH}:13 > tests/c/three.sh:2 > tests/c/three.py:4 app-run test three:app True",
            f"{PATH}:17 > ci/four.sh:2 > four.py:4 app-run test four:app True",
        ],
    ),
    (
        "in a folder that nobody can tell",
        {
            PATH: workflow(step("${{ secrets.DIR }}/serve.sh") + step("${{ matrix.dir }}/serve.sh")),
            "ops/serve.sh": SERVE,
            "app.py": RUN,
        },
        ["ops/serve.sh:2 > app.py:4 app-run development app:app True"],
    ),
    (
        "the folder of all steps of a job",
        {
            PATH: workflow(step("./serve.sh"), job="    defaults: {run: {working-directory: tests/web}}\n"),
            "tests/web/serve.sh": SERVE,
            "tests/web/app.py": RUN,
            "app.py": APP,
        },
        [f"{PATH}:7 > tests/web/serve.sh:2 > tests/web/app.py:4 app-run test app:app True"],
    ),
    (
        "a variable that the script sets itself",
        {
            PATH: workflow(step("DIR=ci/b\n$DIR/serve.sh"), above="env: {DIR: ci/a}\n"),
            "ci/a/serve.sh": "gunicorn one:app &\n",
            "ci/b/serve.sh": "gunicorn two:app &\n",
            **dict.fromkeys(("one.py", "two.py"), APP),
        },
        [f"{PATH}:8 > ci/b/serve.sh:1 gunicorn test two:app True", "ci/a/serve.sh:1 gunicorn production one:app True"],
    ),
    (
        "a server that a job leaves running",
        {PATH: workflow(step("pip install .\nexport FLASK_APP=app\nflask run &\ncurl localhost:5000")), "app.py": APP},
        [f"{PATH}:8 flask-run test app:app True"],
    ),
    (
        "a pipeline, with variables and commands before",
        {
            ".gitlab-ci.yml": "variables: {DIR: ci}\ntry:\n  before_script:\n    - cd web\n  script:\n    - |\n      pip install .\n\n    - ../$DIR/serve.sh\n",
            "ci/serve.sh": SERVE,
            "web/app.py": RUN,
            "app.py": APP,
        },
        [".gitlab-ci.yml:9 > ci/serve.sh:2 > web/app.py:4 app-run test app:app True"],
    ),
    (
        "a workflow that others call",
        {
            PATH: "on: push\njobs:\n  try:\n    uses: ./.github/workflows/try.yml\n    with: {dir: ci}\n",
            ".github/workflows/try.yml": workflow(step("./${{ inputs.dir }}/serve.sh")).replace(
                "on: push", "on: {workflow_call: {}}"
            ),
            "ci/serve.sh": SERVE,
            "app.py": RUN,
        },
        [".github/workflows/try.yml:6 > ci/serve.sh:2 > app.py:4 app-run test app:app True"],
    ),
    (
        "a script of GitLab that is one command",
        {".gitlab-ci.yml": "try:\n  script: ci/serve.sh\n", "ci/serve.sh": SERVE, "app.py": RUN},
        [".gitlab-ci.yml:2 > ci/serve.sh:2 > app.py:4 app-run test app:app True"],
    ),
    (
        "a script for tests stays, where the job runs it in an image that starts by itself",
        {
            PATH: workflow(step("docker build -t site .") + step("docker run site sh ci/serve.sh")),
            "ci/serve.sh": "#!/bin/sh\npython two.py\n",
            "Dockerfile": 'FROM python:3.13\nCOPY . .\nENTRYPOINT ["./start.sh"]\nCMD ["gunicorn", "one:app"]\n',
            "start.sh": '#!/bin/sh\nexec "$@"\n',
            "one.py": APP,
            "two.py": RUN,
        },
        [
            "Dockerfile:3 > Dockerfile:4 > start.sh:2 gunicorn production one:app True",
            "ci/serve.sh:2 > two.py:4 app-run development two:app True",
        ],
    ),
    (
        "what starts by itself says more than that a job starts it too",
        {
            PATH: workflow(step("./serve.sh &") + step("make serve &") + step("docker run -d site &\ndocker build -t site .")),
            "serve.sh": "#!/bin/sh\nexec gunicorn one:app\n",
            "Makefile": "serve:\n\tflask --app two run\n",
            "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD gunicorn three:app\n",
            **dict.fromkeys(("one.py", "two.py", "three.py"), APP),
        },
        [
            "Dockerfile:3 gunicorn production three:app True",
            "Makefile:2 flask-run development two:app True",
            "serve.sh:2 gunicorn production one:app True",
        ],
    ),
    (
        "a script that deploys is none for tests",
        {
            PATH: workflow(step("ci/ship.sh")),
            "ci/ship.sh": "#!/bin/sh\nssh me@host 'cd shop && gunicorn app:app'\n",
            "app.py": APP,
        },
        ["ci/ship.sh:2 gunicorn production app:app True"],
    ),
    (
        "nor one that hands the sources to a platform",
        {
            PATH: workflow(step("ci/ship.sh")),
            "ci/ship.sh": "#!/bin/sh\ngcloud run deploy shop --source .\n",
            "main.py": APP,
        },
        ["ci/ship.sh:2 gunicorn production main:app True"],
    ),
    (
        "of what a task of tests starts the job says nothing new",
        {PATH: workflow(step("make -C tests serve &")), "tests/Makefile": "serve:\n\tflask run\n", "tests/app.py": APP},
        ["tests/Makefile:2 flask-run test app:app True"],
    ),
    (
        "a script that stands elsewhere than in the folder of the job",
        {PATH: workflow(step("git clone me/it\n./serve.sh")), "tests/web/serve.sh": SERVE, "tests/web/app.py": RUN},
        ["tests/web/serve.sh:2 > tests/web/app.py:4 app-run test app:app True"],
    ),
    (
        "what only a branch that nobody can tell starts",
        {PATH: workflow(step('if [ "$ASKED" ]; then flask run & fi')), "app.py": APP},
        [],
    ),
    (
        "nothing that the project lacks, and nothing of another framework",
        {PATH: workflow(step("python lost.py &\ngunicorn lost:app &\n./lost.sh &\nsleep 5 &\nuvicorn api:app &")), "app.py": APP, "api.py": "from fastapi import FastAPI\napp = FastAPI()\n"},
        [],
    ),
]


JOB = "try:\n  stage: test\n  script:\n  - !reference [.base, script]\n  - ['pip install .', 'pip list']\n  - flask --app {} run &\n  - sleep 1\n"
DEPLOY = "ship:\n  stage: deploy\n  script:\n  - ssh me@host 'gunicorn {}:app'\n"
CASES += [
    (
        "what a pipeline includes, by a list of each form, and what that includes",
        {
            ".gitlab-ci.yml": "include:\n- /ops/one.yml\n- local: ops/two.yml\n- template: Jobs/x.gitlab-ci.yml\n- https://x.y/z.yml\n",
            "ops/one.yml": "include: 'ops/three.yml'\n" + JOB.format("one"),
            "ops/two.yml": DEPLOY.format("two"),
            "ops/three.yml": JOB.format("three"),
            "ops/four.yml": JOB.format("four") + DEPLOY.format("four"),
            **{f"{name}.py": APP for name in ("one", "two", "three", "four")},
        },
        [
            "ops/one.yml:7 flask-run test one:app True",
            "ops/three.yml:6 flask-run test three:app True",
            "ops/two.yml:4 gunicorn production two:app True",
        ],
    ),
    (
        "... by patterns, and files whose place or name says that they are parts",
        {
            ".gitlab-ci.yml": "include: {local: 'ops/*.yml'}\n",
            ".gitlab/ci/a.yml": "include: 'deep/**.yml'\n" + JOB.format("a"),
            "b.gitlab-ci.yml": JOB.format("b"),
            "ops/c.yml": JOB.format("c"),
            "ops/below/d.yml": JOB.format("d"),
            "deep/below/e.yml": JOB.format("e"),
            **{f"{name}.py": APP for name in "abcde"},
        },
        [
            ".gitlab/ci/a.yml:7 flask-run test a:app True",
            "b.gitlab-ci.yml:6 flask-run test b:app True",
            "deep/below/e.yml:6 flask-run test e:app True",
            "ops/c.yml:6 flask-run test c:app True",
        ],
    ),
    (
        "pipelines that include one another",
        {".gitlab-ci.yml": "include: ops/a.yml\n", "ops/a.yml": "include: [.gitlab-ci.yml, ops/a.yml]\n" + JOB.format("a"), "a.py": APP},
        ["ops/a.yml:7 flask-run test a:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_jobs_start(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


def test_what_jobs_start_deploys_nothing_and_says_nothing_of_what_they_do_else() -> None:
    nested = "( " * 300 + "true" + " )" * 300
    files = {PATH: workflow(step("flask run &") + step(f"./x.sh; {nested}")), "app.py": RUN, "x.sh": "y() { y; }\ny\n"}
    project = link(parse(memory_tree(files)), name="site")
    assert [site.production for site in project.run_sites] == ["no-deploy-files"]
    assert project.problems == ()
    assert [each.purpose_reason for each in project.launches] == ["a job of a workflow starts it on its own machine"]


def test_a_script_that_begins_with_a_list() -> None:
    text = "try:\n  script:\n  - !reference [.base, script]\n  - docker build -t site .\n"
    facts = parse(memory_tree({".gitlab-ci.yml": text, "Dockerfile": "FROM x\n"}))
    assert facts.problems == ()
    assert [built.build.names for built in facts.builds] == [("site",)]
