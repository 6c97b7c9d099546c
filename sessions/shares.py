"""Links by which a session's report can be read without an account: made, found by their secret, revoked, commented on."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from interview_platform.errors import Conflict, NotFound
from sessions.models import InterviewSession, SessionShare, ShareComment
from sessions.selectors import get_session

TOKEN_BYTES: Final = 32
MAX_DAYS: Final = 90
MAX_SHARES: Final = 20  # of a session
MAX_COMMENTS: Final = 100  # of a link


class ShareNotFound(NotFound):
    """No such link: never made, expired or revoked; nobody can tell which."""

    message = "This link does not lead anywhere (any more)"


class TooManyShares(Conflict):
    """The session has as many links as it may have."""

    code = "too_many_shares"
    message = "This session has too many links; revoke one"


class TooManyComments(Conflict):
    """The link has as many comments as it may have."""

    code = "too_many_comments"
    message = "This report takes no more comments"


@transaction.atomic
def share_session(
    *, owner: User, session_uuid: UUID, days: int, with_audio: bool, with_name: bool
) -> tuple[SessionShare, str]:
    """Return a new link to the owner's session and its secret, which is told this once."""
    session = get_session(owner=owner, session_uuid=session_uuid)
    InterviewSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    session.shares.filter(expires_at__lte=timezone.now()).delete()
    if session.shares.count() >= MAX_SHARES:
        raise TooManyShares
    token = secrets.token_urlsafe(TOKEN_BYTES)
    share = SessionShare.objects.create(
        session=session,
        token_hash=_hash(token),
        with_audio=with_audio,
        with_name=with_name,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return share, token


def list_shares(*, owner: User, session_uuid: UUID) -> "QuerySet[SessionShare]":
    """Return the links of the owner's session that still lead to it, newest first, with their comments."""
    session = get_session(owner=owner, session_uuid=session_uuid)
    live = session.shares.filter(expires_at__gt=timezone.now())
    return live.prefetch_related("comments").order_by("-pk")


def revoke_share(*, owner: User, session_uuid: UUID, share_uuid: UUID) -> None:
    """Remove the link and what visitors left by it; raise `ShareNotFound`."""
    session = get_session(owner=owner, session_uuid=session_uuid)
    deleted, _ = session.shares.filter(uuid=share_uuid).delete()
    if not deleted:
        raise ShareNotFound


def find_share(token: str) -> SessionShare:
    """Return the link of this secret with its session and owner; raise `ShareNotFound`."""
    live = SessionShare.objects.filter(token_hash=_hash(token), expires_at__gt=timezone.now())
    share = live.filter(session__owner__is_active=True).select_related("session__owner").first()
    if share is None:
        raise ShareNotFound
    return share


@transaction.atomic
def leave_comment(token: str, *, author: str, text: str, score: int | None) -> ShareComment:
    """Keep what a visitor says; raise `ShareNotFound` or `TooManyComments`."""
    share = find_share(token)
    SessionShare.objects.select_for_update(no_key=True).get(pk=share.pk)
    if share.comments.count() >= MAX_COMMENTS:
        raise TooManyComments
    return ShareComment.objects.create(share=share, author=author, text=text, score=score)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
