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
    return not_modified(request, etag) or tagged_answer(etag, data, meta=meta)


def not_modified(request: Request, etag: str) -> Answer | None:
    """Return a bodiless 304 when `If-None-Match` names the tag."""
    if not _is_known(etag, request.headers.get("If-None-Match", "")):
        return None
    return _tagged(answer(None, status=304), etag)


def tagged_answer(etag: str, data: Any, *, meta: Mapping[str, Any] | None = None) -> Answer:
    """Return the data with this `ETag`."""
    return _tagged(answer(data, meta=meta), etag)


def version_tag(*facts: object) -> str:
    """Return the `ETag` of what these facts name: cheaper than that of a body, which need not be made for it."""
    return _quoted(" ".join(map(str, facts)))


def _tagged(response: Answer, etag: str) -> Answer:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ("Authorization",))
    return response


def _etag(data: Any) -> str:
    canonical = json.dumps(data, cls=JSONEncoder, sort_keys=True, separators=(",", ":"))
    return _quoted(canonical)


def _quoted(text: str) -> str:
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _is_known(etag: str, if_none_match: str) -> bool:
    known = parse_etags(if_none_match) if if_none_match else ()
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}
