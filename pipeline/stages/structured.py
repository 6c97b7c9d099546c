"""Answers of language models as pydantic models: the schema that is sent, and the check of what comes back."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Reply(BaseModel):
    """Part of an answer: nothing may be missing, added, or turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def schema_of(reply: type[Reply]) -> dict[str, object]:
    """Return the schema in the subset that strict structured output allows, without references: not all servers follow them."""
    whole = reply.model_json_schema()
    schema: dict[str, object] = _inlined(whole, whole.get("$defs", {}))
    return schema


def _inlined(part: Any, parts: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(item, parts) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(parts[part["$ref"].rpartition("/")[2]], parts)
    dropped = {"$defs", "description"} | (
        {"title"} if isinstance(part.get("title"), str) else set()
    )
    return {name: _inlined(value, parts) for name, value in part.items() if name not in dropped}
