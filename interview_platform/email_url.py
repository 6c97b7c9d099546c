"""`EMAIL_URL` → Django's settings of mail."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS: Final = "django.core.mail.backends"
SUBMISSION_PORT: Final = 587  # with STARTTLS
TLS_PORT: Final = 465


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go; the names are Django's."""

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False  # STARTTLS
    use_ssl: bool = False  # TLS from the first byte
    folder: str | None = None


def mail_from_url(url: str) -> MailServer:
    """
    Return the server of the address.

    `smtp://user:password@mail.example:587` speaks TLS after STARTTLS (`?tls=no`: never), `smtps://` from the first byte;
    `file:///directory` keeps each mail as a file; empty or `console://` prints them into the worker's log.
    """
    parts = urlsplit(url or "console://")
    if parts.scheme == "console":
        return MailServer(f"{BACKENDS}.console.EmailBackend")
    if parts.scheme == "file" and parts.path:
        return MailServer(f"{BACKENDS}.filebased.EmailBackend", folder=unquote(parts.path))
    if parts.scheme in {"smtp", "smtps"} and parts.hostname:
        is_tls = parts.scheme == "smtps"
        return MailServer(
            f"{BACKENDS}.smtp.EmailBackend",
            host=parts.hostname,
            port=parts.port or (TLS_PORT if is_tls else SUBMISSION_PORT),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_tls=not is_tls and parse_qs(parts.query).get("tls") != ["no"],
            use_ssl=is_tls,
        )
    raise ImproperlyConfigured("EMAIL_URL: expected smtp://…, smtps://…, file:///… or console://")
