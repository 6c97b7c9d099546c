"""Guesses at a password are counted, and mails that somebody has sent."""

from rest_framework.request import Request

from interview_platform.http.throttles import (
    Counter,
    CounterIsAway,
    TooManyRequests,
    address_of,
    seconds_to_wait,
)


class GuessCounter:
    """
    Counts a try before the password is looked at, so that tries side by side are counted too.

    There are three ways to guess, and a counter for each: at one account from one address, at many accounts from one
    address, at one account from many addresses. A try that one of them refuses does not reach the next: so one address
    alone cannot lock an account's owner out.
    """

    def __init__(self, address: str, *, email: str) -> None:
        account = email.strip().lower()
        self.pair = Counter(scope="login", subject=f"{account} {address}")
        self.wider = (
            Counter(scope="login_address", subject=address),
            Counter(scope="login_account", subject=account),
        )

    def count(self) -> None:
        """Refuse when there were too many; refuse as well when nobody can count."""
        for counter in (self.pair, *self.wider):
            _count(counter)

    def forget(self) -> None:
        """The password was right: begin anew for this pair; for the others this was no guess."""
        self.pair.forget()
        for counter in self.wider:
            counter.take_back()


def count_letter(request: Request, *, address: str) -> None:
    """Count a mail by who has it sent and to whom it goes, the same for an address that nobody has."""
    _count(Counter(scope="mail", subject=address_of(request)))
    _count(Counter(scope="mail_to", subject=address.strip().lower()))


def _count(counter: Counter) -> None:
    seconds = seconds_to_wait(counter)
    if seconds is None:
        raise CounterIsAway(headers={"Retry-After": "5"})
    if seconds:
        raise TooManyRequests(headers={"Retry-After": str(seconds)})
