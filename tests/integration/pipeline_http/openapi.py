"""Whether an answer is what the OpenAPI document says of it."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator


@cache
def document() -> dict[str, Any]:
    """Return the document, with what JSON Schema has other words for in its own."""
    made = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    translated: dict[str, Any] = _translate(made)
    return translated


def schema_of(path: str, method: str, status: int) -> dict[str, Any]:
    """Return the JSON schema of an answer; fail when it is not documented."""
    responses = document()["paths"][path][method]["responses"]
    content = responses[str(status)]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return {**schema, "components": document()["components"]}


def examples_of(path: str, method: str, status: int) -> list[Any]:
    """Return the examples of an answer."""
    response = document()["paths"][path][method]["responses"][str(status)]
    rows = response["content"]["application/json"].get("examples", {})
    return [row["value"] for row in rows.values()]


def complain(instance: Any, schema: dict[str, Any]) -> list[str]:
    """Return what is wrong with the instance; nothing when it is what the schema says."""
    errors = Draft202012Validator(schema).iter_errors(instance)
    return [f"{error.json_path}: {error.message}" for error in errors]


def _translate(node: Any) -> Any:
    """Write OpenAPI 3.0's `nullable` as JSON Schema does."""
    if isinstance(node, list):
        return [_translate(item) for item in node]
    if not isinstance(node, dict):
        return node
    here = {name: _translate(below) for name, below in node.items() if name != "nullable"}
    return {"anyOf": [here, {"type": "null"}]} if node.get("nullable") is True else here
