"""`STORAGE_URL` → Django storage settings."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def storage_from_url(url: str) -> dict[str, Any]:
    """
    Return one entry of `STORAGES`.

    `file:///var/lib/interviews` keeps files in a directory;
    `s3://KEY:SECRET@endpoint.example/bucket?region=eu-central-1` in a bucket (without a host: AWS). `?tls=no` for plain HTTP.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": unquote(parts.path)},
        }
    if parts.scheme == "s3" and parts.path.strip("/"):
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3_options(url)}
    raise ImproperlyConfigured(f"STORAGE_URL={url!r}: expected file:///path or s3://…/bucket")


def _s3_options(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        "bucket_name": parts.path.strip("/"),
        "querystring_auth": True,
        "file_overwrite": False,
        "default_acl": None,
        "max_memory_size": 1_048_576,  # a recording that is sent out goes through the disk, not the memory
        "region_name": query.get("region"),
    }
    if parts.username:
        options["access_key"] = unquote(parts.username)
        options["secret_key"] = unquote(parts.password or "")
    if parts.hostname:
        scheme = "http" if query.get("tls") == "no" else "https"
        port = f":{parts.port}" if parts.port else ""
        options["endpoint_url"] = f"{scheme}://{parts.hostname}{port}"
    return options
