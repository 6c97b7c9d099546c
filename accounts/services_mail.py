"""What a person does by way of a mail: set a forgotten password anew, verify the address."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import letters, tokens
from accounts.links import read_link_token
from accounts.models import Letter, User
from accounts.services import require_good_password


@transaction.atomic
def ask_for_reset(email: str) -> None:
    """Have a link to set a new password sent, if there is such a person."""
    letters.order(Letter.Kind.RESET, address=email)


@transaction.atomic
def reset_password(*, token: str, password: str) -> None:
    """Set the password of whom the link was made for; every token that is out becomes worthless, and the address is his."""
    user = read_link_token(token, Letter.Kind.RESET, people=_everybody())
    require_good_password(password, user)
    user.set_password(password)
    user.email_verified_at = user.email_verified_at or timezone.now()
    user.save(update_fields=["password", "email_verified_at"])
    tokens.revoke_everything(user)


@transaction.atomic
def ask_for_verification(user: User) -> None:
    """Have a link to verify the address sent; one that is verified needs none."""
    letters.order(Letter.Kind.VERIFY, address=user.email)


@transaction.atomic
def verify_address(token: str) -> None:
    """Note that the address is the person's."""
    user = read_link_token(token, Letter.Kind.VERIFY, people=_everybody())
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])


def _everybody() -> "QuerySet[User]":
    """Return people who are locked until the commit: of two uses of one link, the second comes after the first."""
    return User.objects.select_for_update(no_key=True)
