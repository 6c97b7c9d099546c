"""`STORAGE_URL` → Django storage settings."""

from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 15  # without a byte
MOST_SIGNED_SECONDS: Final = 900


def storage_from_url(url: str) -> dict[str, Any]:
    """
    Return one entry of `STORAGES`.

    `file:///var/lib/interviews` keeps files in a directory;
    `s3://KEY:SECRET@endpoint.example/bucket?region=eu-central-1` in a bucket (without a host: AWS). More of the query: `tls=no`
    for plain HTTP, `ca=/path/ca.pem` for an authority of one's own, `addressing=path` for servers that know no host names of
    buckets, and what `signed_url_seconds` reads.
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


def signed_url_seconds(url: str) -> int:
    """Return for how long an address of the bucket may be used that is given to a client (`presign=60`); 0: none is given."""
    given = _query(url).get("presign", "0")
    if not given.isdecimal() or int(given) > MOST_SIGNED_SECONDS:
        raise ImproperlyConfigured(
            f"STORAGE_URL: presign={given!r}, expected seconds up to {MOST_SIGNED_SECONDS}"
        )
    return int(given)


def _s3_options(url: str) -> dict[str, Any]:
    from boto3.s3.transfer import TransferConfig  # type: ignore[import-untyped] # no stubs

    parts, query = urlsplit(url), _query(url)
    options: dict[str, Any] = {
        # one part after the other: threads would hold ten parts of each upload in the memory
        "transfer_config": TransferConfig(use_threads=False),
        "client_config": _client_config(query),
        "verify": query.get("ca"),
        "bucket_name": parts.path.strip("/"),
        "querystring_auth": True,
        "file_overwrite": False,
        "default_acl": None,
        "max_memory_size": 1_048_576,  # what is read as a file goes through the disk, not the memory
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


def _client_config(query: dict[str, str]) -> Any:  # botocore has no types
    """Return what the client is told: a request must not wait a minute for a bucket, nor surprise one that is not Amazon's."""
    from botocore.config import Config  # type: ignore[import-untyped] # no stubs

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
        signature_version="s3v4",
        s3={"addressing_style": query.get("addressing", "auto")},
        request_checksum_calculation="when_required",  # its checksums are new; ours is checked by who reads
        response_checksum_validation="when_required",
    )


def _query(url: str) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(url).query).items()}
