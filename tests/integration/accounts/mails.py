"""Mails that were sent, and the links in them."""

import re

from django.core import mail
from django.core.mail import EmailMessage

from accounts import letters

LINK = re.compile(r"^(http\S+)/#/(reset|verify)/(\S+)$", re.MULTILINE)


def deliver() -> list[EmailMessage]:
    """Do what a worker does; return what went out by it."""
    before = len(mail.outbox)
    letters.deliver_due()
    return mail.outbox[before:]


def token_in(message: EmailMessage) -> str:
    """Return the secret of the mail's link."""
    found = LINK.search(str(message.body))
    assert found is not None, message.body
    return found[3]
