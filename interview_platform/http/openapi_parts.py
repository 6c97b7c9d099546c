"""The fixed parts of the OpenAPI document: envelope, errors, headers."""

from typing import Any

DONE = "Done"
# Inside `allOf`, or drf-spectacular makes components named after these one-word enumerations.
NULL = {"allOf": [{"type": "object", "nullable": True, "enum": [None]}]}  # 3.0 has no type for null
EXAMPLE_META = {"timestamp": "2026-01-31T12:00:00.000Z", "request_id": "4f7c0d1e9b"}

ERRORS = {
    "400": "The body is not what it says it is",
    "401": "No, expired or invalid token",
    "403": "Not yours",
    "404": "No such resource, or not yours",
    "405": "The method is not offered here",
    "406": "The answer is JSON, which the client does not accept",
    "409": "The state forbids it",
    "410": "The recording was deleted for its age",
    "411": "The length of the body is missing",
    "413": "Too large",
    "415": "Unsupported media type",
    "422": "A field is invalid: one row per field",
    "429": "Too many requests",
    "500": "A surprise; its details are in the log under the request id",
    "503": "A part of the platform is away",
}

COMPONENTS: dict[str, dict[str, Any]] = {
    "Pagination": {
        "type": "object",
        "required": ["page", "page_size", "total_items", "total_pages", "next", "previous"],
        "properties": {
            "page": {"type": "integer", "minimum": 1},
            "page_size": {"type": "integer", "minimum": 1, "maximum": 100},
            "total_items": {"type": "integer", "minimum": 0},
            "total_pages": {"type": "integer", "minimum": 0},
            "next": {"type": "string", "nullable": True, "description": "Path of the next page"},
            "previous": {
                "type": "string",
                "nullable": True,
                "description": "Path of the page before",
            },
        },
    },
    "Meta": {
        "type": "object",
        "required": ["timestamp", "request_id"],
        "properties": {
            "timestamp": {"type": "string", "format": "date-time", "description": "UTC"},
            "request_id": {"type": "string"},
            "pagination": {"$ref": "#/components/schemas/Pagination"},
            "warnings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
    },
    "ErrorDetail": {
        "type": "object",
        "required": ["field", "message", "code"],
        "properties": {
            "field": {"type": "string"},
            "message": {"type": "string"},
            "code": {"type": "string", "description": "A stable word"},
        },
    },
    "ErrorEnvelope": {
        "type": "object",
        "required": ["success", "data", "error", "meta"],
        "properties": {
            "success": {"allOf": [{"type": "boolean", "enum": [False]}]},
            "data": NULL,
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "properties": {
                    "code": {"type": "integer", "description": "The HTTP status"},
                    "message": {"type": "string"},
                    "details": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/ErrorDetail"},
                    },
                },
            },
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    },
}

REQUEST_ID_PARAMETER = {
    "in": "header",
    "name": "X-Request-ID",
    "schema": {"type": "string"},
    "description": "Up to 64 letters, digits, `_` and `-`; anything else is replaced.",
}
IDEMPOTENCY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": r"^[!-~]{1,255}$"},
    "description": "The same key and request within 24 hours get the first answer again.",
}
PREFER_PARAMETER = {
    "in": "header",
    "name": "Prefer",
    "schema": {"type": "string"},
    "example": "wait=20",
    "description": "`wait=N`: hold the answer until the result is there, N seconds at most (≤ 30).",
}
IF_NONE_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "An `ETag` received before.",
}


def _header(kind: str, description: str) -> dict[str, Any]:
    return {"schema": {"type": kind}, "description": description}


REQUEST_ID_HEADER = _header("string", "Names this request in the logs.")
ETAG_HEADER = _header("string", "Changes when the data do.")
REPLAYED_HEADER = _header("string", "`true` when this is the first answer, given again.")
RETRY_HEADER = {"Retry-After": _header("integer", "Seconds.")}
RATE_LIMIT_HEADERS = {
    "RateLimit-Policy": _header("string", 'The quotas, such as `"uploads";q=240;w=3600`.'),
    "RateLimit": _header("string", 'What is left of them, such as `"uploads";r=239;t=1800`.'),
}
HEADERS: dict[str, dict[str, Any]] = {
    "202": {**RETRY_HEADER, "Location": _header("string", "Where the result will be.")},
    "401": {"WWW-Authenticate": _header("string", "`Bearer`")},
    "405": {"Allow": _header("string", "The methods offered here.")},
    "429": RETRY_HEADER,
    "503": RETRY_HEADER,
}


def success_envelope(data: dict[str, Any], *, meta: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a success with these data."""
    return {
        "type": "object",
        "required": ["success", "data", "error", "meta"],
        "properties": {
            "success": {"type": "boolean", "enum": [True]},
            "data": data,
            "error": NULL,
            "meta": meta,
        },
    }


def wrap_examples(body: dict[str, Any]) -> None:
    """Put the envelope around examples that show the data alone."""
    for example in body.get("examples", {}).values():
        value = example.get("value")
        if not (isinstance(value, dict) and "success" in value):
            example["value"] = {
                "success": True,
                "data": value,
                "error": None,
                "meta": EXAMPLE_META,
            }
