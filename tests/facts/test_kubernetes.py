from __future__ import annotations

import pytest

from flask_prodcheck.facts.kubernetes import read_kubernetes

POD = """
      containers:
      - name: web
        image: repo/web:1
        command: [gunicorn]
        args:
        - app:app
        env:
        - {name: A, value: "1"}
        - {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}
        envFrom:
        - configMapRef: {name: conf}
        ports:
        - containerPort: 8000
"""
DEPLOYMENT = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: shop}}\nspec:\n  replicas: 2\n  template:\n    spec:\n      securityContext: {{runAsNonRoot: true}}{POD}"


def test_deployment() -> None:
    (found,) = read_kubernetes("k.yml", DEPLOYMENT).containers
    assert (found.workload, found.kind, found.name, found.image) == ("shop", "Deployment", "web", "repo/web:1")
    assert found.command is not None
    assert found.command.argv == ("gunicorn",)
    assert found.command.span.line == 12
    assert found.args is not None
    assert found.args.argv == ("app:app",)
    assert found.args.span.line == 13
    assert [(var.name, var.value) for var in found.env] == [("A", "1"), ("B", None)]
    assert (found.env_from, found.ports, found.replicas, found.run_as_non_root, found.dynamic) == (
        ("conf",),
        ("8000",),
        2,
        True,
        False,
    )


def test_custom_resource_with_pod_spec_in_a_template() -> None:
    text = (
        "apiVersion: v1\nkind: Template\nobjects:\n- kind: ClowdApp\n  metadata: {name: app}\n  spec:\n    deployments:\n"
        "    - name: api\n      replicas: ${{REPLICAS}}\n      podSpec:\n        image: ${IMAGE}\n        args: [run.sh]\n"
        "    jobs:\n    - name: j\n      podSpec: {image: x, command: [y]}\n"
    )
    api, job = read_kubernetes("t.yml", text).containers
    assert (api.workload, api.name, api.image, api.replicas) == ("app", "api", "${IMAGE}", None)
    assert api.args is not None
    assert api.args.argv == ("run.sh",)
    assert (job.name, job.command is not None) == ("j", True)


def test_cron_job_list_and_init_containers() -> None:
    text = (
        "kind: List\nitems:\n- kind: CronJob\n  metadata: {name: c}\n  spec: {jobTemplate: {spec: {template: {spec: "
        "{initContainers: [{name: i, image: i}], containers: [{name: m, image: m, securityContext: {runAsNonRoot: false}}]}}}}}\n"
    )
    (found,) = read_kubernetes("l.yml", text).containers
    assert (found.kind, found.name, found.run_as_non_root) == ("CronJob", "m", False)


def test_config_maps_services_and_ingress() -> None:
    found = read_kubernetes(
        "all.yml",
        "kind: ConfigMap\nmetadata: {name: conf}\ndata: {FLASK_DEBUG: '1'}\n---\nkind: Service\nspec: {type: LoadBalancer}\n---\n"
        "kind: Service\nspec: {}\n---\nkind: Ingress\n---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: k}\n"
        "spec: {template: {spec: {containers: [{image: i}]}}}\n",
    )
    assert [(name, var.name, var.value) for name, variables in found.config_maps for var in variables] == [
        ("conf", "FLASK_DEBUG", "1")
    ]
    assert found.has_ingress
    assert [(each.workload, each.image) for each in found.containers] == [("k", "i")]


def test_secrets_are_decoded() -> None:
    found = read_kubernetes(
        "all.yml",
        "kind: Secret\nmetadata: {name: a}\ndata:\n  PLAIN: c2hvcA==\n  NONE: ''\n  TEXT: not base64\n  MADE: {{ .Values.a }}\n"
        "stringData: {CLEAR: kettle}\n---\nkind: Kustomization\nsecretGenerator:\n- name: b\n  literals: [KEY=blue]\n",
    )
    assert [(name, each.name, each.value, each.span.line) for name, given in found.secrets for each in given] == [
        ("a", "PLAIN", "shop", 4),
        ("a", "NONE", None, 5),
        ("a", "TEXT", None, 6),
        ("a", "MADE", None, 7),
        ("a", "CLEAR", "kettle", 8),
        ("b", "KEY", "blue", 13),
    ]


def test_helm_template() -> None:
    text = (
        '{{- if .Values.on }}\nkind: Deployment\nmetadata:\n  name: {{ include "x.name" . }}\nspec:\n  template:\n    spec:\n'
        '      containers:\n      - name: web\n        image: {{ .Values.image }}\n        command: ["gunicorn", "a:b"]\n'
        "        env:\n        - name: A\n          value: {{ .Values.a | quote }}\n        {{- toYaml .Values.env | nindent 8 }}\n{{- end }}\n"
    )
    (found,) = read_kubernetes("templates/d.yaml", text).containers
    assert (found.workload, found.image, found.dynamic) == ('{{ include "x.name" . }}', "{{ .Values.image }}", True)
    assert found.command is not None
    assert found.command.argv == ("gunicorn", "a:b")
    assert found.command.span.line == 11
    assert [(var.name, var.value) for var in found.env] == [("A", None)]


@pytest.mark.parametrize("kind", ["configMapKeyRef", "secretKeyRef"])
def test_user_and_references_to_config_maps_and_secrets(kind: str) -> None:
    text = DEPLOYMENT.replace("runAsNonRoot: true", "runAsNonRoot: true, runAsUser: 1000").replace(
        "secretKeyRef: {name: s, key: k}", f"{kind}: {{name: s, key: k}}"
    )
    (found,) = read_kubernetes("k.yml", text).containers
    assert (found.user, found.references) == ("1000", (("B", "s", "k"),))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("kind: Ingress\nspec:\n  tls:\n  - hosts: [a.example.org]\n", 4),
        ("kind: Ingress\nspec:\n  {{- if .Values.tls }}\n  tls:\n  - hosts: [a.example.org]\n  {{- end }}\n", None),
        ("kind: Ingress\nspec:\n  {{- if .Values.on }}\n  tls:\n  - hosts: [a.example.org]\n  {{- end }}\n", 5),
        ("kind: Ingress\nmetadata:\n  annotations:\n    cert-manager.io/cluster-issuer: main\n", 4),
        (
            "kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/force-ssl-redirect: 'false'\n",
            None,
        ),
        ("kind: Ingress\nspec: {defaultBackend: {service: {name: web}}}\n", None),
        ("apiVersion: networking.gke.io/v1\nkind: ManagedCertificate\nspec: {domains: [a.example.org]}\n", 1),
        ("kind: Gateway\nspec:\n  listeners:\n  - name: web\n    tls: {mode: Terminate}\n", 4),
        ("kind: Gateway\nspec:\n  servers:\n  - port: {number: 443}\n    tls: {mode: PASSTHROUGH}\n", None),
        (
            "kind: Service\nmetadata:\n  annotations:\n    service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn\n",
            4,
        ),
    ],
)
def test_what_ends_tls(text: str, line: int | None) -> None:
    found = read_kubernetes("in.yml", text).tls
    assert (found.line if found is not None else None) == line
