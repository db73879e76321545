#!/usr/bin/env python3
"""Compares two OpenAPI 3 descriptions (JSON) and lists what breaks clients. Reads only.

usage: compare-openapi.py BEFORE.json AFTER.json      exit 1 when something breaks
"""
import json
import sys

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def resolve(document, node):
    """Follows local references; anything else, or a circle, is taken as empty."""
    for _ in range(20):
        if not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if reference is None:
            return node
        node = document if reference.startswith("#/") else {}
        for part in reference[2:].split("/"):
            node = node.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(node, dict) else {}
    return {}


def list_operations(document):
    for path, item in document.get("paths", {}).items():
        item = resolve(document, item)
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item, item[method]


def list_parameters(document, item, operation):
    parameters = {}
    for raw in [*item.get("parameters", []), *operation.get("parameters", [])]:
        parameter = resolve(document, raw)
        parameters[(parameter.get("in"), parameter.get("name"))] = parameter
    return parameters


def json_schema(document, holder):
    content = resolve(document, holder).get("content", {})
    return resolve(document, content.get("application/json", {}).get("schema", {}))


def compare_request(where, old, new):
    for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
        yield f"{where}: the request must now hold {name!r}"


def compare_response(document_old, document_new, where, old, new):
    after = new.get("properties", {})
    for name, schema in old.get("properties", {}).items():
        if name not in after:
            yield f"{where}: the response lost {name!r}"
            continue
        types = [resolve(document_old, schema).get("type"), resolve(document_new, after[name]).get("type")]
        if types[0] != types[1]:
            yield f"{where}: {name!r} was {types[0]}, is {types[1]}"


def compare(old, new):
    after = {key: (item, operation) for key, item, operation in list_operations(new)}
    for key, item, operation in list_operations(old):
        if key not in after:
            yield f"{key}: removed"
            continue
        new_item, new_operation = after[key]
        before = list_parameters(old, item, operation)
        for place, parameter in list_parameters(new, new_item, new_operation).items():
            was_required = before.get(place, {}).get("required", False)
            if parameter.get("required", False) and not was_required:
                yield f"{key}: the {place[0]} parameter {place[1]!r} is now required"
        bodies = [json_schema(d, o.get("requestBody", {})) for d, o in ((old, operation), (new, new_operation))]
        yield from compare_request(key, *bodies)
        for status, response in operation.get("responses", {}).items():
            if status not in new_operation.get("responses", {}):
                if status.startswith("2"):
                    yield f"{key}: no longer answers {status}"
                continue
            schemas = json_schema(old, response), json_schema(new, new_operation["responses"][status])
            yield from compare_response(old, new, f"{key} {status}", *schemas)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(2)
    breaking = list(compare(load(sys.argv[1]), load(sys.argv[2])))
    print("\n".join(breaking) or "no rule finds a breaking change; read the diff for what rules cannot see")
    sys.exit(1 if breaking else 0)
