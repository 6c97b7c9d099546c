"""`Refused`: the base of every anticipated "no"."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of `error.details`."""

    field: str
    message: str
    code: str  # a stable word that a client may branch on


class Refused(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """
    An anticipated refusal, turned into the error object of the envelope by one handler.

    Subclasses stand beside the rule that they guard and set `status`, `code` and `message`.
    """

    status = 400
    code = "refused"
    message = "The request was refused"

    def __init__(
        self,
        message: str | None = None,
        *,
        details: tuple[Detail, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or self.message
        self.details = details
        self.headers = dict(headers or {})
        super().__init__(self.message)


class NotFound(Refused):
    """No such thing, or not yours."""

    status = 404
    code = "not_found"
    message = "Not found"


class Conflict(Refused):
    """The state of the thing forbids it."""

    status = 409
    code = "conflict"
    message = "The current state does not allow this"


class Invalid(Refused):
    """A field is understood and wrong."""

    status = 422
    code = "invalid"
    message = "Validation error"


class TooLarge(Refused):
    """More bytes than we take."""

    status = 413
    code = "too_large"
    message = "The request is too large"


class UnsupportedMedia(Refused):
    """Not a kind of content that we take."""

    status = 415
    code = "unsupported_media_type"
    message = "Unsupported media type"
