"""Limits of password guesses, and of e-mails that somebody has sent."""

from rest_framework.request import Request

from interview_platform.http.throttles import (
    Counter,
    CounterUnavailable,
    TooManyRequests,
    client_network,
)


class GuessCounter:
    """
    Count a guess before the password is looked at, so that guesses side by side are counted too.

    There are three ways to guess, and a counter for each: at one account from one network, at many
    accounts from one network, at one account from many networks. A guess that one of them refuses
    does not reach the next: so one network alone cannot lock an account's owner out.
    """

    def __init__(self, network: str, *, email: str) -> None:
        account = email.strip().lower()
        self.pair = Counter(scope="login", subject=f"{account} {network}")
        self.wider = (
            Counter(scope="login_address", subject=network),
            Counter(scope="login_account", subject=account),
        )

    def count(self) -> None:
        """Refuse when there were too many; refuse as well when nobody can count."""
        for counter in (self.pair, *self.wider):
            _count(counter)

    def forget(self) -> None:
        """Begin anew for this pair as the password was right; for the others this was no guess."""
        self.pair.clear()
        for counter in self.wider:
            counter.refund()


def count_email(request: Request, *, address: str) -> None:
    """Count an e-mail by who has it sent and by its recipient, whether or not there is one."""
    _count(Counter(scope="mail", subject=client_network(request)))
    _count(Counter(scope="mail_to", subject=address.strip().lower()))


def _count(counter: Counter) -> None:
    seconds = counter.hit()
    if seconds is None:
        raise CounterUnavailable(headers={"Retry-After": "5"})
    if seconds:
        raise TooManyRequests(headers={"Retry-After": str(seconds)})
