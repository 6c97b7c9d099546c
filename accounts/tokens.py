"""
JSON Web Tokens: a short access token, and a refresh token that is good for one use.

Each log-in opens a family of refresh tokens; every use gives the next one of it. A second use of the same token means
that two people hold it: the family is revoked. `ver` is the person's `token_version`: a change of it kills all at once.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts.models import User
from interview_platform.errors import Refused

VERSION_CLAIM = "ver"
INVALID = "Token expired or invalid"


class TokenInvalid(Refused):
    """The token is not ours, not of this kind, over, revoked, or its person is gone."""

    status = 401
    code = "token_invalid"
    message = INVALID


class RefreshToken(Token):
    """The long one. What is revoked stands in the tables of simplejwt, looked after by this module alone."""

    token_type = "refresh"  # noqa: S105 - the name of the kind
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client keeps after a log-in."""

    access: str
    refresh: str


def issue_tokens(user: User) -> TokenPair:
    """Return the first pair of a new family; expired rows of the person go."""
    OutstandingToken.objects.filter(user=user, expires_at__lt=timezone.now()).delete()
    return _issue(user, family=uuid.uuid4().hex)


def read_access_token(raw: str) -> User:
    """Return the person whom the token stands for, or raise `TokenInvalid`."""
    return _holder(_decode(AccessToken, raw))


def rotate(raw: str) -> TokenPair:
    """Return the next pair of the family. A second use of the same token revokes the family."""
    pair = _use_once(_decode(RefreshToken, raw))
    if pair is None:  # raised out here, or the revocation would be rolled back
        raise TokenInvalid
    return pair


def revoke_family_of(raw: str, *, user: User) -> bool:
    """Revoke the token with all of its family; False when it is no refresh token of this person."""
    try:
        token = _decode(RefreshToken, raw)
    except TokenInvalid:
        return False
    if token.get(api_settings.USER_ID_CLAIM) != str(user.uuid):
        return False
    _blacklist(user, family=_family_of(token))
    return True


def revoke_family(raw: str) -> None:
    """Revoke the token with all of its family, whoever's it is; one that is worthless already changes nothing."""
    try:
        token = _decode(RefreshToken, raw)
        user = _holder(token)
    except TokenInvalid:
        return
    _blacklist(user, family=_family_of(token))


def revoke_refresh_tokens(user: User) -> None:
    """Revoke every refresh token of the person."""
    _blacklist(user)


@transaction.atomic
def revoke_everything(user: User) -> None:
    """Make every token of the person worthless at once, access tokens included."""
    User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1)
    user.refresh_from_db(fields=("token_version",))
    _blacklist(user)


def forget_tokens(user: User) -> None:
    """Remove the rows: a token without a row is worthless."""
    OutstandingToken.objects.filter(user=user).delete()


def _issue(user: User, *, family: str) -> TokenPair:
    refresh, access = RefreshToken(), AccessToken()
    refresh[api_settings.JTI_CLAIM] = f"{family}.{uuid.uuid4().hex}"
    for token in (refresh, access):
        token[api_settings.USER_ID_CLAIM] = str(user.uuid)
        token[VERSION_CLAIM] = user.token_version
    OutstandingToken.objects.create(
        user=user,
        jti=refresh[api_settings.JTI_CLAIM],
        token="",  # the token itself is a secret that nobody needs to look up
        created_at=refresh.current_time,
        expires_at=datetime.fromtimestamp(refresh["exp"], tz=UTC),
    )
    return TokenPair(access=str(access), refresh=str(refresh))


def _decode(kind: type[Token], raw: str) -> Any:
    try:
        return kind(raw)  # type: ignore[arg-type] # their annotation is wrong: it takes the text
    except TokenError as error:
        raise TokenInvalid from error


def _holder(token: Any, *, people: "QuerySet[User] | None" = None) -> User:
    """Return the living, active person of the token's own version."""
    everybody = User.objects.all() if people is None else people
    try:
        user = everybody.get(uuid=token.get(api_settings.USER_ID_CLAIM), is_active=True)
    except (User.DoesNotExist, ValidationError, ValueError) as error:
        raise TokenInvalid from error
    if token.get(VERSION_CLAIM) != user.token_version:
        raise TokenInvalid
    return user


@transaction.atomic
def _use_once(token: Any) -> TokenPair | None:
    """Trade the token for the next pair; None, with the family revoked, when it was used before."""
    user = _holder(token, people=User.objects.select_for_update(no_key=True))  # one after the other
    row = OutstandingToken.objects.filter(user=user, jti=token[api_settings.JTI_CLAIM]).first()
    if row is None:
        return None
    if BlacklistedToken.objects.filter(token=row).exists():
        _blacklist(user, family=_family_of(token))
        return None
    BlacklistedToken.objects.create(token=row)
    return _issue(user, family=_family_of(token))


def _family_of(token: Any) -> str:
    return str(token[api_settings.JTI_CLAIM]).partition(".")[0]


@transaction.atomic
def _blacklist(user: User, *, family: str = "") -> None:
    """Revoke the family, or all when none is named; the lock keeps a rotation from slipping through."""
    User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    tokens = OutstandingToken.objects.filter(user=user, blacklistedtoken__isnull=True)
    if family:
        tokens = tokens.filter(jti__startswith=f"{family}.")
    rows = [BlacklistedToken(token=token) for token in tokens]
    BlacklistedToken.objects.bulk_create(rows, ignore_conflicts=True)
