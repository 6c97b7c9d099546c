"""The front door for changes to a person: register, log in, change, close."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import erasure, letters, tokens
from accounts.files import remove_folder, user_folder
from accounts.models import Letter, User
from accounts.selectors import SignedIn, find_by_email
from interview_platform.errors import Detail, Invalid, Refused

PROFILE_FIELDS = (
    "full_name",
    "target_role",
    "experience_years",
    "skills",
    "timezone",
    "language",
)


class WrongCredentials(Refused):
    """Unknown address, wrong password or closed account: nobody learns which."""

    status = 401
    code = "wrong_credentials"
    message = "Invalid email or password"


def register(*, email: str, password: str, full_name: str) -> SignedIn:
    """Return a new person, logged in. An address that is taken is a refusal, at a race too."""
    require_good_password(password, User(email=email, full_name=full_name))
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, full_name=full_name)
            if settings.VERIFY_NEW_ADDRESSES:
                letters.order(Letter.Kind.VERIFY, address=user.email)
            return _sign_in(user)
    except IntegrityError as error:
        raise _invalid("email", "This email address is already registered.", "unique") from error


def log_in(*, email: str, password: str) -> SignedIn:
    """Return the person with new tokens; takes the same time for an unknown address as for a wrong password."""
    user = find_by_email(email)
    if user is None or not user.has_usable_password():
        make_password(password)
        raise WrongCredentials
    if not user.check_password(password) or not user.is_active:
        raise WrongCredentials
    return _sign_in(user)


@transaction.atomic
def change_profile(user: User, *, changes: Mapping[str, Any]) -> User:
    """Change what is named, the password included when the present one comes with it."""
    password = changes.get("password")
    if password is not None:
        change_password(user, password=password, current=changes.get("current_password"))
    named = [field for field in PROFILE_FIELDS if field in changes]
    for field in named:
        setattr(user, field, changes[field])
    user.save(update_fields=named)
    return user


@transaction.atomic
def change_password(user: User, *, password: str, current: str | None) -> None:
    """Set a new password; every token that is out becomes worthless."""
    if current is None or not check_password(current, user.password):
        raise _invalid("current_password", "The current password is not right.", "wrong_password")
    require_good_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    tokens.revoke_everything(user)


def change_skills(user: User, *, skills: Sequence[str]) -> User:
    """Replace the list."""
    return change_profile(user, changes={"skills": list(skills)})


@transaction.atomic
def close_account(user: User) -> None:
    """Remove the person, all rows and tokens, and, once that is committed, all files."""
    folder = user_folder(user.uuid)
    tokens.forget_tokens(user)
    letters.forget_letters_to(user.email)
    erasure.note_erasure(user)
    erasure.forget_traces(user)
    # first, as all do that change a session's rows: none then waits for the other for ever
    list(user.interview_sessions.select_for_update().order_by("pk").values_list("pk"))
    user.delete()
    transaction.on_commit(partial(remove_folder, folder), robust=True)


def log_out(user: User, *, refresh_token: str | None) -> None:
    """Revoke the refresh token, or all of them when none is named."""
    if refresh_token is None:
        tokens.revoke_refresh_tokens(user)
    elif not tokens.revoke_family_of(refresh_token, user=user):
        raise _invalid("refresh_token", "This is not a refresh token of yours.", "invalid")


def require_good_password(password: str, user: User) -> None:
    """Refuse a password that the rules do not let this person have."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        code = error.error_list[0].code or "invalid"
        raise _invalid("password", " ".join(error.messages), code) from error


def _sign_in(user: User) -> SignedIn:
    pair = tokens.issue_tokens(user)
    return SignedIn(user=user, token=pair.access, refresh_token=pair.refresh)


def _invalid(field: str, message: str, code: str) -> Invalid:
    return Invalid(details=(Detail(field, message, code),))
