"""Images by the names that something of the project builds them under, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.base import Known
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.built_images import built_as, dockerfile_of
from flask_prodcheck.model.launching.containers import dockerfile_of_image
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
SERVES = IMAGE + "CMD gunicorn app:app\n"
WORKFLOW = ".github/workflows/images.yml"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: p\n    image: IMAGE\n"


def workflow(*steps: str, on: str = "push", job: str = "publish", more: str = "") -> str:
    lines = "".join(f"    - {step}\n" for step in steps)
    return f"on: {on}\njobs:\n  {job}:\n    runs-on: ubuntu-latest\n{more}    steps:\n{lines}"


def action(**given: str) -> str:
    inputs = ", ".join(f"{name.replace('_', '-')}: '{value}'" for name, value in given.items())
    return f"{{uses: docker/build-push-action@v6, with: {{{inputs}}}}}"


META = (
    "{id: meta, uses: docker/metadata-action@v5, with: {images: 'name=acme/shop,enable=true', tags: 'type=raw,value=v1'}}"
)
SET = """name: names
      id: names
      env: {BASE: 'acme/shop'}
      run: |
        if main; then echo "tags=$BASE:latest" >> $GITHUB_ENV; fi
        echo "tags=$BASE:latest, $BASE:v1" >> $GITHUB_ENV
        echo "out=$BASE:v1" >> "$GITHUB_OUTPUT\""""
MATRIX = "    strategy: {matrix: {include: [{name: shop, dir: web}, {name: other, dir: ops}]}}\n"

# What builds ``acme/shop`` from ``web/Dockerfile``.
BUILDERS = {
    "an action": {WORKFLOW: workflow(action(file="web/Dockerfile", tags="ghcr.io/acme/shop:v1,x/y"))},
    "an action, by its context": {WORKFLOW: workflow(action(context="{{defaultContext}}:web", tags="acme/shop"))},
    "metadata-action": {WORKFLOW: workflow(META, action(context="web", tags="${{ steps.meta.outputs.tags }}"))},
    "a variable that a step sets": {WORKFLOW: workflow(SET, action(context="web", tags="${{ env.tags }}"))},
    "an output that a step sets": {WORKFLOW: workflow(SET, action(context="web", tags="${{ steps.names.outputs.out }}"))},
    "an owner who is not known": {WORKFLOW: workflow(action(context="./web", tags="${{ secrets.OWNER }}/shop:v1"))},
    "an owner whom a command makes": {WORKFLOW: workflow("{id: a, run: 'echo o=$(echo $O | tr A a) >> $GITHUB_OUTPUT'}", action(context="web", tags="${{ steps.a.outputs.o }}/shop:v1"))},
    "a matrix": {WORKFLOW: workflow(action(context="${{ matrix.dir }}", tags="acme/${{ matrix.name }}"), more=MATRIX)},
    "a variable of the workflow": {
        WORKFLOW: f"env: {{NAME: shop}}\n{workflow(action(context='web', tags='acme/${{ env.NAME }}:1'))}"
    },
    "an output of another job": {
        WORKFLOW: workflow(SET, more="    outputs: {name: '${{ steps.names.outputs.out }}'}\n")
        + workflow(action(context="web", tags="${{ needs.publish.outputs.name }}")).partition("jobs:\n")[2].replace("publish:", "build:")
    },
    "a workflow that another one calls": {
        WORKFLOW: "on: push\njobs:\n  web:\n    uses: ./.github/workflows/build.yml\n    with: {image-name: shop, dir: web}\n"
        "  ops:\n    uses: ./.github/workflows/build.yml\n    with: {image-name: other, dir: ops}\n",
        ".github/workflows/build.yml": workflow(
            action(context="${{ inputs.dir }}", tags="${{ inputs.owner }}/${{ inputs.image-name }}"),
            on="{workflow_call: {inputs: {image-name: {required: true, type: string}, owner: {default: acme}}}}",
        ),
    },
    "a composite action": {
        WORKFLOW: workflow("{uses: ./.github/actions/image, with: {name: '${{ matrix.name }}', dir: '${{ matrix.dir }}'}}", more=MATRIX),
        ".github/actions/image/action.yaml": "inputs: {name: {required: true}, dir: {default: lost}}\nruns:\n  using: composite\n"
        "  steps:\n  - {shell: bash, env: {NAME: '${{ inputs.name }}'}, run: 'docker build -t acme/$NAME ${{ inputs.dir }}'}\n",
    },
    "a composite action of a called workflow": {
        WORKFLOW: "on: push\njobs: {web: {uses: ./.github/workflows/build.yml, with: {dir: web}}}\n",
        ".github/workflows/build.yml": workflow(
            "{uses: ./.github/actions/image, with: {to: 'acme/shop,x/y', dir: '${{ inputs.dir }}'}}", on="workflow_call"
        ),
        ".github/actions/image/action.yml": "runs:\n  using: composite\n  steps:\n  - "
        + action(context="${{ inputs.dir }}", tags="${{ inputs.to }}")
        + "\n",
    },
    "a called workflow that is not called here": {
        ".github/workflows/build.yml": workflow(
            action(context="${{ inputs.dir }}", tags="acme/shop"), on="{workflow_call: {inputs: {dir: {default: web}}}}"
        ),
    },
    "a command of a job": {WORKFLOW: workflow("run: docker buildx build --push -t acme/shop:$TAG web")},
    "Cloud Build": {
        "cloudbuild.yaml": "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, 'acme/${_NAME}:$TAG', -f, web/Dockerfile, .]\n"
        "substitutions: {_NAME: shop}\n"
    },
    "Cloud Build, in a folder, by a shell": {
        "ops/cloudbuild-live.yaml": "steps:\n- name: x/y\n  dir: web\n  entrypoint: bash\n  args: ['-c', 'N=acme; docker build -t $$N/shop .']\n"
    },
    "Cloud Build, by a script, beside the configuration": {
        "web/cloudbuild.json": '{"steps": [{"name": "x/y", "script": "docker build -t acme/shop -f ./Dockerfile.web ."}]}',
        "web/Dockerfile.web": SERVES,
    },
    "a job of GitLab": {
        ".gitlab-ci.yml": "variables: {NAME: acme/shop}\nimage:\n  script:\n  - cd web\n  - docker build -t $NAME:v1 .\n"
    },
    "kaniko": {
        ".gitlab-ci.yml": "image:\n  image: gcr.io/kaniko-project/executor:debug\n  script:\n  - /kaniko/executor --context $CI_PROJECT_DIR/web --dockerfile Dockerfile --destination acme/shop:v1\n"
    },
    "a script": {"build.sh": '#!/bin/sh\nIMAGE=acme/shop\ndocker build -t "$IMAGE:${1:-latest}" -f web/Dockerfile .\n'},
    "a script that goes there": {"ops/build.sh": "#!/bin/sh\ncd ../web\npodman build --tag=acme/shop .\n"},
    "a name that is given afterwards": {"build.sh": "#!/bin/sh\ndocker build -t local web\ndocker tag local acme/shop:v1\n"},
    "a task": {"Makefile": "NAME = acme/shop\nimage:\n\tdocker build -t $(NAME) web\n"},
    "a compose file": {"ops/compose.yml": "services: {b: {image: 'acme/shop:${TAG:-v1}', build: {context: ../web}}}\n"},
    "bake": {
        "docker-bake.hcl": 'variable "OWNER" { default = "acme" }\ntarget "base" { context = "web" }\n'
        'target "shop" {\n  inherits = ["base"]\n  tags = [ # one\n    "${OWNER}/shop:v1"\n  ]\n}\n'
    },
    "bake, as JSON": {"docker-bake.json": '{"target": {"shop": {"context": "web", "tags": ["acme/shop"]}}}'},
    "Skaffold": {
        "skaffold.yaml": "apiVersion: skaffold/v4beta11\nkind: Config\nbuild: {artifacts: [{image: acme/shop, context: web}]}\n"
    },
}  # fmt: skip


@pytest.mark.parametrize("what", BUILDERS)
def test_what_builds_an_image_says_which_dockerfile_it_is(what: str) -> None:
    files = {"Dockerfile": SERVES, "web/Dockerfile": SERVES, "ops/Dockerfile": SERVES, **BUILDERS[what]}
    facts = parse(memory_tree(files))
    assert not facts.problems
    wanted = "web/Dockerfile.web" if "web/Dockerfile.web" in files else "web/Dockerfile"
    for name in ("acme/shop:v1", "docker.io/acme/shop", "ghcr.io/acme/shop:v1@sha256:0a"):
        assert dockerfile_of(built_as(name, facts)) == wanted
        assert dockerfile_of_image(name, facts, "deploy") == wanted
    for name in ("acme/shopping", "shop", "redis", "shop/acme"):
        assert not built_as(name, facts)
    assert bool(built_as("other/shop", facts)) == what.startswith("an owner who")


@pytest.mark.parametrize(
    "builder",
    [
        {WORKFLOW: workflow(action(context="https://example.org/shop.git", tags="acme/shop"))},
        {WORKFLOW: workflow(action(context="lost", tags="acme/shop"))},
        {"build.sh": "#!/bin/sh\ndocker build -t acme/shop -f $FILE .\n"},
        {"build.sh": "#!/bin/sh\ndocker build -t acme/shop -f web/Dockerfile https://example.org/shop.git\n"},
        {"build.sh": "#!/bin/sh\ndocker build -t acme/shop - < web/Dockerfile\n"},
        {"build.sh": "#!/bin/sh\ndocker compose build -t acme/shop web\n"},
        {"build.sh": "#!/bin/sh\nNAME=x/y\nif a; then NAME=acme/shop; fi\ndocker build -t $NAME web\n"},
    ],
)
def test_what_cannot_be_known_of_a_build_is_left_out(builder: dict[str, str]) -> None:
    assert not built_as("acme/shop", parse(memory_tree({"web/Dockerfile": SERVES, **builder})))


# What builds the image, the name, and the Dockerfile: None where it is not known.
CHOICES = [
    (("docker build -t acme/shop:dev ops", "docker build -t acme/shop web"), "acme/shop:dev", "ops/Dockerfile"),
    (("docker build -t acme/shop:dev ops", "docker build -t acme/shop:$V web"), "acme/shop:v2", "web/Dockerfile"),
    (("docker build -t acme/shop:$V ops", "docker build -t acme/shop:$V --push web"), "acme/shop", "web/Dockerfile"),
    (("docker build -t acme/shop:$V ops", "docker build -t $O/shop:$V web"), "acme/shop", "ops/Dockerfile"),
    (("docker build -t acme/shop:$V ops", "docker build -t acme/shop:$V web"), "acme/shop", None),
    (("docker build -t acme/shop ops", "docker push acme/shop", "docker build -t acme/shop web"), "acme/shop", None),
    (("docker build -t acme/shop web",), "$OWNER/shop", "web/Dockerfile"),
    (("docker build -t acme/shop:$V ops", "docker build -t acme/shop:$V-gpu web"), "acme/shop:v2-gpu", "web/Dockerfile"),
    (("docker build -t acme/shop:$V ops", "docker build -t acme/shop:$V-gpu web"), "acme/shop:v2", "ops/Dockerfile"),
    (("docker build -t acme/shop:dev ops", "docker build -t acme/shop:v1 web"), "acme/shop:v2", "web/Dockerfile"),
    (("docker build -t acme/shop ops", "docker build -t $O/shop:$V-gpu web"), "acme/shop:v2-gpu", "web/Dockerfile"),
    (("docker build -t acme/shop ops", "docker build -t $O/shop:gpu-$V web"), "acme/shop:v2-gpu", "ops/Dockerfile"),
    (("docker build -t acme/shop ops", "docker build -t $O/shop:$V-gpu-$W web"), "acme/shop:1-gpu-2", "ops/Dockerfile"),
]


@pytest.mark.parametrize(("commands", "name", "dockerfile"), CHOICES)
def test_which_of_several_builds(commands: tuple[str, ...], name: str, dockerfile: str | None) -> None:
    script = "#!/bin/sh\n" + "\n".join(commands) + "\n"
    facts = parse(memory_tree({"web/Dockerfile": SERVES, "ops/Dockerfile": SERVES, "build.sh": script}))
    assert built_as(name, facts)
    assert dockerfile_of_image(name, facts, ".") == dockerfile


@pytest.mark.parametrize(
    ("built", "image"),
    [
        ("$OWNER/redis", "bitnami/redis"),
        ("$OWNER/redis", "$MIRROR/redis"),
        ("acme/redis", "$MIRROR/redis:7"),
        ("redis", "$MIRROR/redis"),
        ("$OWNER/shop", "docker.io/library/shop"),
        ("shop", "ghcr.io/library/shop"),
        ("$OWNER/uwsgi-nginx-flask", "tiangolo/uwsgi-nginx-flask"),
        ("$OWNER/unit", "nginx/unit"),
    ],
)
def test_a_well_known_image_is_the_projects_where_its_whole_name_is_known(built: str, image: str) -> None:
    files = {"web/Dockerfile": SERVES, "build.sh": f"#!/bin/sh\ndocker build -t {built} web\n"}
    assert not built_as(image, parse(memory_tree(files)))


@pytest.mark.parametrize(
    ("built", "image"), [("acme/redis", "ghcr.io/acme/redis"), ("redis", "redis"), ("shop", "docker.io/library/shop")]
)
def test_a_name_that_is_known_as_a_whole_is_the_projects(built: str, image: str) -> None:
    files = {"web/Dockerfile": SERVES, "build.sh": f"#!/bin/sh\ndocker build -t {built} web\n"}
    assert dockerfile_of(built_as(image, parse(memory_tree(files)))) == "web/Dockerfile"


ARGUMENTS = '    args: ["app:app"]\n'
ONE_BUILD = "#!/bin/sh\ndocker build -t acme/shop web\n"
SERVICE = "services:\n  api:\n    image: acme/shop\n"


@pytest.mark.parametrize(
    ("files", "unknown"),
    [
        ({"k8s.yaml": POD.replace("IMAGE", "acme/shop") + ARGUMENTS}, ["k8s.yaml:8"]),
        ({"compose.yml": f"{SERVICE}    command: -w 4 app:app\n"}, ["compose.yml:4"]),
        ({"compose.yml": SERVICE}, []),
        ({"compose.yml": f"{SERVICE}    build: gone\n    command: -w 4 app:app\n", "build.sh": ONE_BUILD}, []),
        ({"compose.yml": f"{SERVICE}    command: celery -A app worker\n"}, []),
        ({"compose.yml": f"{SERVICE.replace('acme', 'other')}    command: -w 4 app:app\n"}, []),
        ({".devcontainer/compose.yml": f"{SERVICE}    command: -w 4 app:app\n"}, []),
        ({"tests/compose.yml": f"{SERVICE}    command: -w 4 app:app\n"}, []),
    ],
)
def test_what_an_image_of_several_dockerfiles_does_with_its_arguments_is_unknown(
    files: dict[str, str], unknown: list[str]
) -> None:
    builds = "#!/bin/sh\ndocker build -t acme/shop web\ndocker build -t acme/shop ops\n"
    images = {"web/Dockerfile": IMAGE + 'ENTRYPOINT ["gunicorn"]\n', "ops/Dockerfile": IMAGE + "CMD celery\n"}
    found = link(parse(memory_tree({**images, "build.sh": builds, "web/app.py": APP, **files})), name="site")
    assert [str(hop.span) for hop in found.unknown_starts] == unknown


PUBLISHED = {WORKFLOW: workflow(action(context="web", push="true", tags="acme/shop"))}
STAGES = "FROM python:3.13 AS one\nWORKDIR /app\nCOPY . .\nCMD gunicorn one:app\nFROM one AS two\nCMD gunicorn two:app\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a command of the service runs in the image that a workflow builds",
        {
            **PUBLISHED,
            "web/Dockerfile": IMAGE + 'ENTRYPOINT ["gunicorn"]\nCMD ["app:app"]\n',
            "web/app.py": APP,
            "ops/Dockerfile": IMAGE + "CMD celery\n",
            "compose.yml": "services:\n  api:\n    image: acme/shop\n    command: -w 4 app:app\n",
        },
        [
            "compose.yml:4 > web/Dockerfile:4 gunicorn production app:app True",
            "web/Dockerfile:4 > web/Dockerfile:5 gunicorn production app:app True",
        ],
    ),
    (
        "a service without a command of its own is no launch of its own, and the image is one beside a command",
        {
            "web/Dockerfile": IMAGE + 'ENTRYPOINT ["./run.sh"]\nCMD ["app:app"]\n',
            "web/run.sh": '#!/bin/sh\nexec gunicorn "$@"\n',
            "web/app.py": APP,
            "ops/Dockerfile": IMAGE + "CMD celery\n",
            "build.sh": "#!/bin/sh\ndocker build -t acme/shop web\n",
            "compose.yml": "services:\n  api:\n    image: acme/shop\n",
            "compose.other.yml": "services:\n  api:\n    image: acme/shop\n    command: -w 4 app:app\n",
        },
        [
            "compose.other.yml:4 > web/Dockerfile:4 > web/run.sh:2 gunicorn production app:app True",
            "web/Dockerfile:4 > web/Dockerfile:5 > web/run.sh:2 gunicorn production app:app True",
        ],
    ),
    (
        "a stage that a workflow publishes is started",
        {
            WORKFLOW: workflow(action(push="true", target="one", tags="acme/shop")),
            "Dockerfile": STAGES.replace("CMD gunicorn two:app", "CMD pytest"),
            "one.py": APP,
        },
        ["Dockerfile:4 gunicorn production one:app True"],
    ),
    (
        "a stage that a workflow only builds for itself is not",
        {
            WORKFLOW: workflow(action(target="one", tags="acme/shop")),
            "Dockerfile": STAGES.replace("CMD gunicorn two:app", "CMD pytest"),
            "one.py": APP,
        },
        [],
    ),
    (
        "a pod runs the stage that is built",
        {
            "build.sh": "#!/bin/sh\ndocker build --target one -t acme/shop .\n",
            "Dockerfile": STAGES.replace("CMD gunicorn one:app", 'ENTRYPOINT ["gunicorn"]').replace(
                "CMD gunicorn two:app", 'ENTRYPOINT ["celery"]'
            ),
            "one.py": APP,
            "k8s.yaml": POD.replace("IMAGE", "acme/shop") + '    args: ["one:app"]\n',
        },
        ["k8s.yaml:8 > Dockerfile:4 gunicorn production one:app True"],
    ),
    (
        "an image that is released is production's, whatever its file is called",
        {
            WORKFLOW: workflow(action(file="Dockerfile.ci", push="true", tags="acme/shop:$V"), on="{release: {}}"),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "the other stages of its file are not",
        {
            WORKFLOW: workflow(
                action(file="Dockerfile.ci", target="one", push="true", tags="acme/shop:$V"), on="{release: {}}"
            ),
            "Dockerfile.ci": STAGES,
            "one.py": APP,
            "two.py": APP,
        },
        [
            "Dockerfile.ci:4 gunicorn production one:app True",
            "Dockerfile.ci:6 gunicorn test two:app True",
        ],
    ),
    (
        "a job pushes what another step of it built",
        {
            WORKFLOW: workflow("run: docker build -t acme/shop -f Dockerfile.ci .", "run: docker push acme/shop:latest"),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "a workflow for releases pushes what another one builds for it",
        {
            WORKFLOW: "on: {release: {}}\njobs: {ship: {uses: ./.github/workflows/build.yml}}\n",
            ".github/workflows/build.yml": workflow(
                action(file="Dockerfile.ci", push="true", tags="acme/shop:$V"), on="workflow_call"
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "a workflow for releases has another one build what that does not push",
        {
            WORKFLOW: "on: {release: {}}\njobs:\n  ship: {uses: ./.github/workflows/build.yml, with: {push: false}}\n"
            "  again: {uses: ./.github/workflows/build.yml}\n",
            ".github/workflows/build.yml": workflow(
                action(file="Dockerfile.ci", push="${{ inputs.push }}", tags="acme/shop:$V"),
                on="{workflow_call: {inputs: {push: {default: false}}}}",
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn test app:app True"],
    ),
    (
        "another step pushes what an action does not",
        {
            WORKFLOW: "on: {release: {}}\njobs: {ship: {uses: ./.github/workflows/build.yml, with: {push: false}}}\n",
            ".github/workflows/build.yml": workflow(
                action(file="Dockerfile.ci", push="${{ inputs.push }}", tags="acme/shop:$V"), "run: docker push acme/shop:latest", on="workflow_call"
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "an action pushes by its outputs",
        {
            WORKFLOW: "on: {release: {}}\njobs: {ship: {uses: ./.github/workflows/build.yml, with: {push: false}}}\n",
            ".github/workflows/build.yml": workflow(
                action(file="Dockerfile.ci", outputs="type=registry", push="${{ inputs.push }}", tags="acme/shop:$V"), on="workflow_call"
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "one of two calls has the image pushed",
        {
            WORKFLOW: "on: {release: {}}\njobs:\n  look: {uses: ./.github/workflows/build.yml, with: {push: false}}\n"
            "  ship: {uses: ./.github/workflows/build.yml, with: {push: true}}\n",
            ".github/workflows/build.yml": workflow(
                action(file="Dockerfile.ci", push="${{ inputs.push }}", tags="acme/shop:$V"), on="{workflow_call: {}}"
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "a workflow for releases pushes where an expression decides",
        {
            WORKFLOW: workflow(
                action(file="Dockerfile.ci", push="${{ github.repository != \"a/b\" }}", tags="acme/shop:$V"), on="{release: {}}"
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn production app:app True"],
    ),
    (
        "a workflow for releases pushes nothing by its own variable",
        {
            WORKFLOW: "env: {PUSH: false}\n"
            + workflow(action(file="Dockerfile.ci", push="${{ env.PUSH }}", tags="acme/shop:$V"), on="{release: {}}"),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn test app:app True"],
    ),
    (
        "a job for tests has another workflow build",
        {
            WORKFLOW: "on: {release: {}}\njobs: {test: {uses: ./.github/workflows/build.yml}}\n",
            ".github/workflows/build.yml": workflow(
                action(file="Dockerfile.ci", push="true", tags="acme/shop:$V"), on="workflow_call"
            ),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn test app:app True"],
    ),
    (
        "Cloud Build pushes a stage",
        {
            "cloudbuild.yaml": "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, --target, one, -t, 'x.io/$P/shop:$V', .]\n"
            "images: ['x.io/$P/shop:$V']\n",
            "Dockerfile": STAGES.replace("CMD gunicorn two:app", "CMD pytest"),
            "one.py": APP,
        },
        ["Dockerfile:4 gunicorn production one:app True"],
    ),
    (
        "one that is called dev there is not",
        {
            WORKFLOW: workflow(action(file="Dockerfile.ci", push="true", tags="acme/shop-dev"), on="{release: {}}"),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn test app:app True"],
    ),
    (
        "nor one that only a job for tests makes",
        {
            WORKFLOW: workflow(action(file="Dockerfile.ci", push="true", tags="acme/shop"), job="test"),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn test app:app True"],
    ),
    (
        "nor one that is not pushed",
        {
            WORKFLOW: workflow(action(file="Dockerfile.ci", push="false", tags="acme/shop")),
            "Dockerfile.ci": SERVES,
            "app.py": APP,
        },
        ["Dockerfile.ci:4 gunicorn test app:app True"],
    ),
    (
        "an argument of the build decides what is started",
        {
            WORKFLOW: workflow(action(push="true", build_args="MODULE=two", tags="acme/shop")),
            "Dockerfile": IMAGE + "ARG MODULE=one\nENV MODULE=$MODULE\nCMD gunicorn $MODULE:app\n",
            "one.py": APP,
            "two.py": APP,
        },
        ["Dockerfile:6 gunicorn production two:app True"],
    ),
    (
        "the folder that the build is given",
        {
            "build.sh": "#!/bin/sh\ndocker build -f ops/Dockerfile web\n",
            "ops/Dockerfile": SERVES,
            "ops/app.py": "",
            "web/app.py": APP,
        },
        ["ops/Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "the arguments of a build without a target are those of the last stage",
        {
            "build.sh": "#!/bin/sh\ndocker build --target one .\ndocker build --build-arg MODULE=two .\n",
            "Dockerfile": "FROM python:3.13 AS one\nWORKDIR /app\nCOPY . .\nARG MODULE=one\nENV MODULE=$MODULE\n"
            "CMD gunicorn $MODULE:app\nFROM one AS jobs\nCMD celery\n",
            "one.py": APP,
            "two.py": APP,
        },
        ["Dockerfile:6 gunicorn production one:app True"],
    ),
    (
        "a service runs the stage that is built",
        {
            "build.sh": "#!/bin/sh\ndocker build --target one -t acme/shop .\n",
            "Dockerfile": STAGES.replace("CMD gunicorn one:app", 'ENTRYPOINT ["gunicorn"]').replace(
                "CMD gunicorn two:app", 'ENTRYPOINT ["celery"]'
            ),
            "one.py": APP,
            "compose.yml": f"{SERVICE}    command: one:app\n",
        },
        ["compose.yml:4 > Dockerfile:4 gunicorn production one:app True"],
    ),
    (
        "a pod runs an image with what its build is given: the folder",
        {
            "build.sh": "#!/bin/sh\ndocker build -f ops/Dockerfile -t acme/shop web\n",
            "ops/Dockerfile": IMAGE + 'ENTRYPOINT ["gunicorn"]\n',
            "ops/app.py": "",
            "web/app.py": APP,
            "k8s.yaml": POD.replace("IMAGE", "acme/shop") + ARGUMENTS,
        },
        ["k8s.yaml:8 > ops/Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "and the arguments",
        {
            "build.sh": "#!/bin/sh\ndocker build --build-arg MODULE=two -t acme/shop .\n",
            "Dockerfile": IMAGE + "ARG MODULE=one\nENV MODULE=$MODULE\n"
            'ENTRYPOINT ["sh", "-c", "gunicorn $MODULE:app \\"$@\\"", "--"]\n',
            "one.py": APP,
            "two.py": APP,
            "k8s.yaml": POD.replace("IMAGE", "acme/shop") + '    args: ["-w", "4"]\n',
        },
        [
            "Dockerfile:6 gunicorn production two:app True",
            "k8s.yaml:8 > Dockerfile:6 > k8s.yaml:8 gunicorn production two:app True",
        ],
    ),
    (
        "people at work give the arguments of another image: the image is still a launch",
        {
            WORKFLOW: workflow(action(file="Dockerfile.ci", push="true", tags="acme/shop:$V"), on="{push: {tags: ['*']}}"),
            "Dockerfile.ci": IMAGE + 'ENTRYPOINT ["python", "main.py"]\n',
            "main.py": f"{APP}from waitress import serve\nfrom settings import chosen\nif chosen():\n    serve(app)\n",
            "examples/compose.yml": "services:\n  web:\n    image: acme/shop\n    command: --web\n",
        },
        [
            "Dockerfile.ci:4 > main.py:6 waitress production main:app True",
            "examples/compose.yml:4 > Dockerfile.ci:4 > main.py:6 waitress development main:app True",
        ],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_launches(chains: Callable[[dict[str, str]], list[str]], files: dict[str, str], expected: list[str]) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(
    ("service", "mode"),
    [
        ("    image: acme/shop\n    environment: {MODE: live}\n", "live"),
        ("    image: acme/other\n    environment: {MODE: live}\n", None),
    ],
)
def test_the_service_gives_the_image_its_environment(service: str, mode: str | None) -> None:
    files = {**PUBLISHED, "web/Dockerfile": SERVES, "web/app.py": APP, "compose.yml": f"services:\n  api:\n{service}"}
    (launch,) = link(parse(memory_tree(files)), name="site").launches
    found = launch.env.get("MODE")
    assert (found.value if isinstance(found, Known) else None) == mode


def test_a_service_that_builds_the_image_comes_before_one_that_names_it() -> None:
    run = "    environment: {MODE: MODE}\n    ports: ['80:8000']\n"
    files = {
        **PUBLISHED,
        "web/Dockerfile": SERVES,
        "web/app.py": APP,
        "a/compose.yml": "services:\n  api:\n    image: acme/shop\n" + run.replace("MODE}", "old}"),
        "compose.yml": "services:\n  api:\n    build: web\n" + run.replace("MODE}", "live}"),
    }
    (launch,) = link(parse(memory_tree(files)), name="site").launches
    found = launch.env["MODE"]
    assert isinstance(found, Known) and found.value == "live"


def test_another_image_for_people_at_work_does_not_stand_for_this_one(
    chains: Callable[[dict[str, str]], list[str]],
) -> None:
    program = f"{APP}from waitress import serve\nfrom settings import chosen\nif chosen():\n    serve(app)\n"
    files = {
        "build.sh": "#!/bin/sh\ndocker build -t acme/shop -f ops/Dockerfile .\n",
        "ops/Dockerfile": IMAGE + 'ENTRYPOINT ["python", "main.py"]\n',
        "Dockerfile": IMAGE + 'ENTRYPOINT ["python", "main.py"]\n',
        "main.py": program,
        "examples/compose.yml": "services:\n  web:\n    image: acme/shop\n    command: --web\n",
    }
    assert "Dockerfile:4 > main.py:6 waitress production main:app True" in chains(files)
