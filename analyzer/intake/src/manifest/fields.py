#!/usr/bin/env python3
"""Writes fields.txt: the fields of the kinds that are checked, from the published OpenAPI schema of Kubernetes.

usage: fields.py SWAGGER.json > fields.txt     (api/openapi-spec/swagger.json of kubernetes/kubernetes, Apache-2.0)
       fields.py k8s-openapi/src/v1_37         (the same definitions, as the crate k8s-openapi lays them out)
"""
import json
import pathlib
import re
import sys

ROOTS = ["Service", "Ingress", "IngressClass", "NetworkPolicy", "Deployment", "StatefulSet", "DaemonSet",
         "ReplicaSet", "Job", "CronJob", "Pod"]
# Where the validation of the API server wants what the schema calls required; elsewhere it fills in or puts up with it.
NEEDED = {"ServicePort", "HTTPIngressPath", "HTTPIngressRuleValue", "IngressServiceBackend", "ContainerPort",
          "Container", "DeploymentSpec", "StatefulSetSpec", "DaemonSetSpec", "ReplicaSetSpec", "PodSpec",
          "HTTPGetAction", "TCPSocketAction", "GRPCAction"}
# Of what has nothing to do with traffic only the name is kept.
OPAQUE = {"Affinity", "Volume", "EnvVar", "EnvFromSource", "PodSecurityContext", "SecurityContext", "Lifecycle",
          "ResourceRequirements", "TopologySpreadConstraint", "Toleration", "PersistentVolumeClaim",
          "EphemeralContainer", "VolumeDevice", "PodOS", "PodDNSConfig", "PodResourceClaim", "ManagedFieldsEntry",
          "OwnerReference", "PodFailurePolicy", "SuccessPolicy", "ContainerRestartRule", "PodSchedulingGroup",
          "WorkloadReference", "JobSchedulingConfiguration", "EvictionResponder", "Time", "Quantity", "JSONSchemaProps", "TypedLocalObjectReference"}


def from_swagger(path):
    definitions = json.loads(pathlib.Path(path).read_text())["definitions"]
    table = {}
    for name, body in definitions.items():
        if ".api." not in name and ".apimachinery." not in name:
            continue
        group = name.split(".")[-3] + "." + name.split(".")[-2]
        fields = {}
        for field, schema in body.get("properties", {}).items():
            fields[field] = (letter(schema), field in body.get("required", []))
        table.setdefault(name.rsplit(".", 1)[1], {})[group] = fields
    return table


def letter(schema):
    reference = schema.get("$ref", "").rsplit(".", 1)[-1]
    if reference == "IntOrString":
        return "x"
    if reference:
        return "@" + reference
    kind = schema.get("type")
    if kind == "array":
        return "[" + letter(schema["items"])
    if kind == "object":
        values = schema.get("additionalProperties", {})
        return "m" if values.get("type") == "string" else "o"
    return {"string": "s", "integer": "i", "boolean": "b"}.get(kind, "o")


def of_rust(text):
    text = text.strip()
    if text.startswith("Option<"):
        return of_rust(text[7:-1])
    if text.startswith("std::vec::Vec<"):
        return "[" + of_rust(text[14:-1])
    if text.startswith("std::collections::BTreeMap<"):
        return "m" if text.endswith("std::string::String, std::string::String>") else "o"
    last = text.rsplit("::", 1)[-1]
    return {"String": "s", "i32": "i", "i64": "i", "bool": "b", "IntOrString": "x"}.get(last, "@" + last)


def from_crate(path):
    table = {}
    for file in pathlib.Path(path).rglob("*.rs"):
        text = file.read_text()
        found = re.search(r"^pub struct (\w+) \{\n(.*?)^\}", text, re.S | re.M)
        if not found or "// Generated from definition" not in text:
            continue
        rows = re.findall(r"^    pub (?:r#)?(\w+): (.+),$", found[2], re.M)
        keys = re.findall(r'^\s+"([\w$]+)" => Field::Key_(\w+),', text, re.M)
        of_key = {rust: key for key, rust in keys}
        fields = {}
        for name, kind in rows:
            key = of_key.get(name) or of_key.get(name.rstrip("_"))
            if key:
                fields[key] = (of_rust(kind), not kind.startswith("Option<"))
        if "api_version" in text and "metadata" in fields:
            fields["apiVersion"], fields["kind"] = ("s", False), ("s", False)
        group = "/".join(file.relative_to(path).parts[-3:-1])
        table.setdefault(found[1], {})[group] = fields
    return table


def main():
    source = sys.argv[1]
    table = from_swagger(source) if source.endswith(".json") else from_crate(source)

    def pick(name):
        groups = table.get(name, {})
        for wanted in ("networking", "core", "apps", "batch", "meta"):
            for group, fields in sorted(groups.items()):
                if wanted in group and re.search(r"[/.]v1$", group):
                    return fields
        return next(iter(groups.values()), {})

    todo, done = list(ROOTS) + ["ObjectMeta"], {}
    while todo:
        name = todo.pop(0)
        if name in done or name in OPAQUE:
            continue
        fields = pick(name)
        if not fields:
            continue
        done[name] = fields
        for field, (kind, _) in fields.items():
            if field == "status":
                continue
            reference = kind.lstrip("[")
            if reference.startswith("@"):
                todo.append(reference[1:])
    for name, fields in sorted(done.items()):
        if name.endswith("Status") or name.endswith("Condition"):
            continue
        words = []
        for field, (kind, needed) in sorted(fields.items()):
            reference = kind.lstrip("[")
            if field == "status":
                kind = "o"
            elif reference.startswith("@") and (reference[1:] not in done or reference.endswith(("Status", "Condition"))):
                kind = kind.replace(reference, "o")
            words.append(f"{field}:{kind}{'!' if needed and name in NEEDED else ''}")
        print(name, " ".join(words))


main()
