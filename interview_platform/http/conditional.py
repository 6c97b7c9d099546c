"""Finished results carry an `ETag`; a client that has them already gets a 304."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from interview_platform.http.envelope import Answer, answer

CACHE_CONTROL = "private, no-cache"


def conditional_answer(
    request: Request, data: Any, *, meta: Mapping[str, Any] | None = None
) -> Answer:
    """Return the data with its `ETag`, or a bodiless 304 when `If-None-Match` names it."""
    etag = _etag(data)
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
    if _is_known(etag, request.headers.get("If-None-Match", "")):
        response = answer(None, status=304, headers=headers)
    else:
        response = answer(data, meta=meta, headers=headers)
    patch_vary_headers(response, ("Authorization",))
    return response


def _etag(data: Any) -> str:
    canonical = json.dumps(data, cls=JSONEncoder, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"'


def _is_known(etag: str, if_none_match: str) -> bool:
    known = parse_etags(if_none_match)
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}
