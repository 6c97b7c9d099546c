"""Guesses at a password are counted, by account and address."""

from rest_framework.request import Request

from interview_platform.http.throttles import (
    Counter,
    CounterIsAway,
    TooManyRequests,
    address_of,
    seconds_to_wait,
)


class GuessCounter:
    """Counts a try before the password is looked at, so that tries side by side are counted too."""

    def __init__(self, request: Request, *, email: str) -> None:
        subject = f"{email.strip().lower()} {address_of(request)}"
        self.counter = Counter(scope="login", subject=subject)

    def count(self) -> None:
        """Refuse when there were too many; refuse as well when nobody can count."""
        seconds = seconds_to_wait(self.counter)
        if seconds is None:
            raise CounterIsAway(headers={"Retry-After": "5"})
        if seconds:
            raise TooManyRequests(headers={"Retry-After": str(seconds)})

    def forget(self) -> None:
        """Begin anew after the right password."""
        self.counter.forget()
