"""Kubernetes objects: every container that any kind of object describes, config maps, secrets, services and ingresses.

Workloads are recognised by shape (``containers`` lists and ``podSpec`` mappings anywhere under ``spec``), so custom
resources that wrap a pod are read like the built-in kinds.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command, Container, EnvVar, KubernetesFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, any_command, argv_command, env_entries, env_mapping, read_yaml
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_INGRESS = frozenset({"Ingress", "Route", "HTTPRoute", "IngressRoute", "VirtualService", "HTTPProxy", "DomainMapping"})
#: Annotations by which an ingress or a service shows a certificate or sends visitors to https.
_TLS_ANNOTATIONS = frozenset(
    [
        "networking.gke.io/managed-certificates",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        "alb.ingress.kubernetes.io/certificate-arn",
        "alb.ingress.kubernetes.io/ssl-redirect",
        "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
        "cert-manager.io/cluster-issuer",
        "cert-manager.io/issuer",
        "kubernetes.io/tls-acme",
        "nginx.ingress.kubernetes.io/force-ssl-redirect",
        "traefik.ingress.kubernetes.io/router.tls",
        "haproxy.org/ssl-redirect",
    ]
)
_MAX_OBJECTS = 5_000


def read_kubernetes(path: str, text: str) -> KubernetesFile:
    """The containers of all objects of a manifest (several documents, lists and templates included), rendered or with
    template expressions. Raises ReadError for invalid YAML."""
    containers: list[Container] = []
    config_maps: list[tuple[str, tuple[EnvVar, ...]]] = []
    secrets: list[tuple[str, tuple[EnvVar, ...]]] = []
    scaled: list[tuple[str, int]] = []
    ingress = False
    tls: Span | None = None
    for item in _objects(read_yaml(path, text)):
        kind = item.string("kind") or ""
        if kind == "ConfigMap":
            config_maps.append((_name(item), env_mapping(item.get("data"))))
        elif kind == "Secret":
            entries = (*map(_decoded, env_mapping(item.get("data"))), *env_mapping(item.get("stringData")))
            secrets.append((_name(item), entries))
        elif kind == "Kustomization":
            config_maps.extend(_generated(item, "configMapGenerator"))
            secrets.extend(_generated(item, "secretGenerator"))
        elif kind == "HorizontalPodAutoscaler":
            least, target = numeral(item.string("spec", "minReplicas")), item.string("spec", "scaleTargetRef", "name")
            if least is not None and target:
                scaled.append((target, least))
        elif kind in _INGRESS:
            ingress = True
            tls = tls or _ends_tls(item, text)
        elif kind == "ManagedCertificate":  # Google's, for the host name of an ingress
            tls = tls or item.span
        elif kind == "Gateway":
            tls = tls or _listens_tls(item)
        else:
            if kind == "Service":
                tls = tls or _annotated(item)
            containers.extend(_containers(item, kind))
    return KubernetesFile(path, tuple(containers), tuple(config_maps), tuple(secrets), ingress, tls, tuple(scaled))


def _objects(documents: tuple[YamlNode, ...]) -> Iterator[YamlNode]:
    """The objects themselves: the members of lists (``items``) and OpenShift templates (``objects``) in their place."""
    pending = list(reversed(documents))
    seen: set[int] = set()
    count = 0
    while pending and count < _MAX_OBJECTS:
        item = pending.pop()
        if not item.is_mapping or item.identity in seen:
            continue
        seen.add(item.identity)
        count += 1
        members = item.get("objects") or item.get("items")
        if members is not None and members.is_sequence:
            pending.extend(reversed(list(members.elements())))
        else:
            yield item


#: The condition of a chart that makes TLS a choice of the installation (``{{- if .Values.ingress.tls }}``), and where
#: its block begins above the first entry.
_CHOSEN = regex(r"\{\{-?\s*(?:if|with)\b[^}]*\btls\b[^}]*\}\}")
_LINES_ABOVE = 4


def _ends_tls(item: YamlNode, text: str) -> Span | None:
    ends_here = item.get("spec", "tls")
    if ends_here is not None and not ends_here.is_null and not ends_here.is_scalar:
        line = ends_here.span.line
        if not _CHOSEN.search("\n".join(text.splitlines()[max(0, line - _LINES_ABOVE) : line])):
            return ends_here.span
    return _annotated(item)


def _annotated(item: YamlNode) -> Span | None:
    """The annotation that shows a certificate, or sends visitors to https."""
    annotations = item.get("metadata", "annotations")
    for name, _, value in annotations.items() if annotations is not None and annotations.is_mapping else ():
        if name in _TLS_ANNOTATIONS and (value.raw or "").lower() not in ("", "false"):
            return value.span
    return None


def _listens_tls(item: YamlNode) -> Span | None:
    """The listener of a gateway that ends TLS (``listeners`` of the Gateway API, ``servers`` of Istio)."""
    spec = item.get("spec")
    for key in ("listeners", "servers"):
        for each in _elements(spec.get(key) if spec is not None else None):
            mode = (each.string("tls", "mode") or "").upper()
            if each.is_mapping and each.get("tls") is not None and mode not in ("PASSTHROUGH", "AUTO_PASSTHROUGH"):
                return each.span
    return None


def _name(item: YamlNode) -> str:
    found = item.get("metadata", "name") or item.get("metadata", "generateName")
    return (found.raw or "") if found is not None else ""


def _decoded(entry: EnvVar) -> EnvVar:
    """An entry of ``data`` in clear; without a value where it is no Base64 text."""
    try:
        value = base64.b64decode(entry.value or "", validate=True).decode()
    except ValueError:
        return replace(entry, value=None)
    return replace(entry, value=value or None)


def _generated(item: YamlNode, key: str) -> Iterator[tuple[str, tuple[EnvVar, ...]]]:
    generators = item.get(key)
    for each in generators.elements() if generators is not None else ():
        yield each.string("name") or "", env_entries(each.get("literals"))


def _containers(item: YamlNode, kind: str) -> Iterator[Container]:
    spec = item.get("spec")
    if spec is None:
        return
    workload = _name(item)
    replicas = numeral(spec.string("replicas"))
    elastic = _is_elastic(item, kind)
    claims = {_name(each) for each in _elements(spec.get("volumeClaimTemplates"))}
    # (node, name of the nearest named mapping, replicas in force)
    pending: list[tuple[YamlNode, str, int | None]] = [(spec, workload, replicas)]
    seen: set[int] = set()
    while pending:
        node, name, count = pending.pop()
        if node.identity in seen:
            continue
        seen.add(node.identity)
        if node.is_sequence:
            pending.extend((each, name, count) for each in reversed(list(node.elements())) if not each.is_scalar)
            continue
        if node is not spec:
            name = node.string("name") or name
            count = numeral(node.string("replicas")) if node.get("replicas") is not None else count
        pod = _security(node)
        below: list[tuple[YamlNode, str, int | None]] = []
        for key, _, value in node.items():
            if key == "containers" and value.is_sequence:
                passing = set(_passing(node.get("volumes"))) - claims
                for each in value.elements():
                    if each.is_mapping:
                        found = _container(each, workload, kind, each.string("name") or name, count, pod)
                        yield replace(found, mounts=tuple(_mounts(each, passing)), elastic=elastic)
            elif key == "podSpec" and value.is_mapping and value.get("containers") is None:
                yield _container(value, workload, kind, name, count, (None, None))
            elif key != "initContainers" and not value.is_scalar:
                below.append((value, name, count))
        pending.extend(reversed(below))


def _container(
    node: YamlNode, workload: str, kind: str, name: str, replicas: int | None, pod: tuple[bool | None, str | None]
) -> Container:
    image, folder = node.get("image"), node.get("workingDir")
    non_root, user = _security(node)
    ports = node.get("ports")
    return Container(
        workload=workload,
        kind=kind,
        name=name,
        span=node.span,
        image=(image.raw or "") if image is not None else "",
        command=_command(node, "command"),
        args=_command(node, "args"),
        working_dir=folder.raw if folder is not None else None,
        env=env_entries(node.get("env")),
        references=tuple(_references(node.get("env"))),
        env_from=tuple(_env_from(node.get("envFrom"))),
        ports=tuple(text for each in _elements(ports) if (text := _raw(each.get("containerPort"))) is not None),
        replicas=replicas,
        run_as_non_root=non_root if non_root is not None else pod[0],
        user=user if user is not None else pod[1],
        dynamic=node.templated,
        templated_env=tuple(_templated(node.get("env"))),
        chosen_image=image is not None and image.dynamic,
    )


#: The upper bound of a service of Knative, or of Cloud Run, in its old and its new spelling.
_AT_MOST = ("autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxScale")


def _is_elastic(item: YamlNode, kind: str) -> bool:
    """Whether a service of Knative lets it to the requests how many pods there are: every other service has none."""
    if kind != "Service" or not (item.string("apiVersion") or "").startswith("serving.knative.dev/"):
        return False
    annotations = item.get("spec", "template", "metadata", "annotations")
    bounds = [value for name, _, value in annotations.items() if name in _AT_MOST] if annotations is not None else []
    return not any(value.raw == "1" or value.dynamic for value in bounds)


#: Volumes that are made with the pod, or only hand something in.
#: Source: https://kubernetes.io/docs/concepts/storage/volumes/
_PASSING = frozenset({"emptyDir", "configMap", "secret", "projected", "downwardAPI", "ephemeral", "image"})


def _passing(volumes: YamlNode | None) -> Iterator[str]:
    """The names of a pod's volumes that end with it. Claims, folders of the node and network disks do not, and what a
    template puts among the volumes may not."""
    for each in _elements(volumes):
        kinds = {key for key, _, _ in each.items()} - {"name"}
        if not kinds or not kinds.isdisjoint(_PASSING):
            yield each.string("name") or ""


def _mounts(container: YamlNode, passing: set[str]) -> Iterator[str]:
    for each in _elements(container.get("volumeMounts")):
        if each.is_mapping and (each.string("name") or "") not in passing:
            yield each.string("mountPath") or ""


def _command(node: YamlNode, key: str) -> Command | None:
    """A list of words. A scalar there is only legal when a template renders it, or in a custom resource."""
    value = node.get(key)
    if value is None:
        return None
    span = node.key_span(key)
    if value.is_null:
        written = node.template_of(key)
        return Command(span, written, shell=written) if written else None
    return argv_command(value, span) if value.is_sequence else any_command(value, span)


def _elements(node: YamlNode | None) -> Iterator[YamlNode]:
    return iter(()) if node is None else node.elements()


def _security(node: YamlNode) -> tuple[bool | None, str | None]:
    """``runAsNonRoot`` and ``runAsUser`` of a pod's or a container's security context."""
    return _flag(node.string("securityContext", "runAsNonRoot")), node.string("securityContext", "runAsUser")


def _raw(node: YamlNode | None) -> str | None:
    return node.raw if node is not None else None


def _templated(node: YamlNode | None) -> Iterator[tuple[str, str]]:
    """The variables whose value a template decides, with the value as written."""
    for each in _elements(node):
        name, value = each.string("name"), each.get("value")
        if name and value is not None and value.dynamic:
            yield name, value.raw or ""


def _references(node: YamlNode | None) -> Iterator[tuple[str, str, str]]:
    for each in _elements(node):
        if each.is_mapping:
            name = each.string("name")
            for kind in ("configMapKeyRef", "secretKeyRef"):
                source = each.string("valueFrom", kind, "name")
                key = each.string("valueFrom", kind, "key")
                if name and source and key:
                    yield name, source, key


def _env_from(node: YamlNode | None) -> Iterator[str]:
    for each in _elements(node):
        name = each.string("configMapRef", "name") or each.string("secretRef", "name")
        if name:
            yield name


def _flag(text: str | None) -> bool | None:
    return None if text is None else {"true": True, "false": False}.get(text.lower())
