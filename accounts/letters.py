"""
Mails with a link: ordered by a request, written and sent by a worker.

The row (`Letter`) is the truth, the message a bell without any content. A request does the same for an address that nobody
has as for one that somebody has: whether there is such a person is looked up here, so no answer's time tells it.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Final

from celery import current_app
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.links import make_link_token
from accounts.models import Letter, User
from accounts.selectors import find_by_email

logger = logging.getLogger(__name__)

TASK: Final = "accounts.tasks.deliver_letters"
LEASE: Final = timedelta(minutes=2)  # longer than a mail server may take
MAX_TRIES: Final = 5
UNHEARD_AFTER: Final = timedelta(seconds=10)
AT_ONCE: Final = 50
PLACES: Final = {Letter.Kind.RESET: "reset", Letter.Kind.VERIFY: "verify"}  # screens of the page


def order(kind: Letter.Kind, *, address: str) -> None:
    """Have a mail of this kind sent to the address, if it is somebody's."""
    Letter.objects.create(kind=kind, address=address.strip().lower())
    transaction.on_commit(ring, robust=True)


def ring() -> bool:
    """Tell a worker that there are letters; one that does not hear it is told again by `tend`."""
    try:
        current_app.send_task(TASK)
    except (OperationalError, OSError) as error:
        logger.warning("The broker is away, letters wait: %s", type(error).__name__)
        return False
    return True


def deliver_due() -> int:
    """Send what is due; return how many letters are done with."""
    return sum(_deliver(letter) for letter in _due().order_by("pk")[:AT_ONCE])


def tend() -> int:
    """Ring again for letters that nobody took; return how many there are."""
    waiting = _due().filter(created_at__lt=timezone.now() - UNHEARD_AFTER).count()
    return waiting if waiting and ring() else 0


def forget_letters_to(address: str) -> None:
    """Remove what was to be sent to somebody who leaves."""
    Letter.objects.filter(address=address).delete()


def _deliver(letter: Letter) -> bool:
    """Send one letter, unless somebody else is at it; tell whether it is done with."""
    ours = Letter.objects.filter(pk=letter.pk, tries=letter.tries)
    if not ours.update(due_at=timezone.now() + LEASE, tries=letter.tries + 1):
        return False
    try:
        _send(letter)
    except (SMTPException, OSError) as error:
        is_last = letter.tries + 1 >= MAX_TRIES
        logger.warning(
            "Letter %s was not taken (%s), %s",
            *(letter.pk, type(error).__name__, "given up" if is_last else "tried again"),
        )
        if not is_last:
            return False  # due again when the lease is over
    Letter.objects.filter(pk=letter.pk).delete()
    return True


def _send(letter: Letter) -> None:
    user = find_by_email(letter.address)
    kind = Letter.Kind(letter.kind)
    if user is None or not user.is_active or (kind is Letter.Kind.VERIFY and user.email_verified):
        return
    subject, _, text = _write(user, kind).partition("\n")
    send_mail(subject, text.lstrip(), None, [user.email])


def _write(user: User, kind: Letter.Kind) -> str:
    """Return the mail in the person's language; its first line is the subject."""
    language = user.language if user.language in dict(settings.LANGUAGES) else "en"
    link = f"{settings.PUBLIC_URL}/#/{PLACES[kind]}/{make_link_token(user, kind)}"
    return render_to_string(f"accounts/mail/{kind.value}.{language}.txt", {"link": link})


def _due() -> "QuerySet[Letter]":
    return Letter.objects.filter(due_at__lte=timezone.now())
