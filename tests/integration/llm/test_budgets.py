"""What language models may consume a day, and what is written down of each call."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connections

from accounts.models import User
from pipeline.domain.ports import Usage
from pipeline.llm import client
from pipeline.llm.client import OutOfBudget, cost_of, set_aside, settle
from pipeline.models import DailyTokens, LanguageModelCall
from tests.factories import make_user
from tests.integration.llm.chat_server import ChatServer
from tests.integration.llm.test_generate import PATH, TECHNICAL, codes_of, sources_of
from tests.integration.llm.writing import write_questions
from tests.integration.pipeline_http.conftest import Place, data_of

pytestmark = pytest.mark.django_db

NO_PRICE = {"prompt": 0.0, "completion": 0.0}


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.LLM_USER_DAILY_TOKENS = 100
    settings.LLM_DAILY_TOKENS = 150


def spent(owner: User | None) -> int:
    return DailyTokens.objects.get(owner=owner).tokens


class TestABudget:
    def test_is_a_persons_own(self, alice: User, mallory: User) -> None:
        set_aside(owner=alice, tokens=100)

        with pytest.raises(OutOfBudget) as caught:
            set_aside(owner=alice, tokens=1)

        assert caught.value.code == "llm_user_budget"
        set_aside(owner=mallory, tokens=50)

    def test_is_everybodys_together(self, alice: User, mallory: User) -> None:
        set_aside(owner=alice, tokens=100)

        with pytest.raises(OutOfBudget) as caught:
            set_aside(owner=mallory, tokens=51)

        assert caught.value.code == "llm_budget"
        assert not DailyTokens.objects.filter(owner=mallory, tokens__gt=0).exists()

    def test_gets_back_what_was_not_consumed(self, alice: User) -> None:
        held = set_aside(owner=alice, tokens=100)

        settle(held, tokens=30)

        assert (spent(alice), spent(None)) == (30, 30)

    def test_is_charged_for_more_than_was_set_aside(self, alice: User) -> None:
        settle(set_aside(owner=alice, tokens=10), tokens=40)

        assert (spent(alice), spent(None)) == (40, 40)

    def test_is_new_each_day(self, alice: User) -> None:
        with time_machine.travel(datetime(2026, 3, 1, 23, 59, tzinfo=UTC), tick=False):
            held = set_aside(owner=alice, tokens=100)
        with time_machine.travel(datetime(2026, 3, 2, 0, 1, tzinfo=UTC), tick=False):
            set_aside(owner=alice, tokens=100)
            settle(held, tokens=0)  # of yesterday

            days = DailyTokens.objects.filter(owner=alice).order_by("day")
            assert [row.tokens for row in days] == [0, 100]

    def test_of_long_ago_is_forgotten(self, alice: User) -> None:
        with time_machine.travel(datetime(2020, 3, 1, tzinfo=UTC), tick=False):
            set_aside(owner=alice, tokens=1)

        assert client.forget_old_days() == 2

    def test_goes_with_its_person(self, alice: User) -> None:
        set_aside(owner=alice, tokens=1)
        alice.delete()

        assert list(DailyTokens.objects.values_list("owner", flat=True)) == [None]


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_never_overdraw(self, settings: Any) -> None:
        settings.LLM_DAILY_TOKENS = 70
        people = [make_user() for _ in range(4)]

        def try_to_take(number: int) -> bool:
            try:
                set_aside(owner=people[number % 4], tokens=10)
            except OutOfBudget:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(max_workers=6) as pool:
            taken = list(pool.map(try_to_take, range(24)))

        assert taken.count(True) == 7
        assert spent(None) == 70


class TestACall:
    def test_is_written_down(
        self, place: Place, server: ChatServer, worker: list[int], settings: Any
    ) -> None:
        settings.LLM_USER_DAILY_TOKENS = settings.LLM_DAILY_TOKENS = 100_000
        settings.LLM_PRICES = {"prompt": 1.0, "completion": 2.0}
        server.write = write_questions

        data_of(place.post(PATH, TECHNICAL), status=201)

        session = place.question.session
        call = LanguageModelCall.objects.get()
        assert (call.owner, call.session, call.purpose) == (session.owner, session, "questions")
        assert (call.provider, call.model, call.outcome) == ("openai", "small", "ok")
        assert (call.prompt_tokens, call.completion_tokens) == (30, 12)
        assert call.cost == Decimal("0.000054")
        assert call.seconds > 0
        assert (spent(session.owner), spent(None)) == (42, 42)

    def test_is_not_made_without_a_budget(
        self, place: Place, server: ChatServer, worker: list[int]
    ) -> None:
        response = place.post(PATH, TECHNICAL)

        assert (sources_of(response), codes_of(response)) == ({"bank"}, ["llm_user_budget"])
        assert server.asked == []
        assert not LanguageModelCall.objects.exists()

    def test_that_fails_is_charged_for_what_it_cost(
        self, place: Place, server: ChatServer, worker: list[int], settings: Any
    ) -> None:
        settings.LLM_USER_DAILY_TOKENS = settings.LLM_DAILY_TOKENS = 100_000
        server.fault = "truncated"

        place.post(PATH, TECHNICAL)

        call = LanguageModelCall.objects.get()
        assert (call.outcome, call.prompt_tokens) == ("llm_truncated", 30)
        assert spent(None) == 42

    def test_stays_written_down_when_its_session_goes(
        self, place: Place, server: ChatServer, worker: list[int], settings: Any
    ) -> None:
        settings.LLM_USER_DAILY_TOKENS = settings.LLM_DAILY_TOKENS = 100_000
        server.write = write_questions
        place.post(PATH, TECHNICAL)

        place.question.session.delete()
        assert LanguageModelCall.objects.get().session is None

        User.objects.all().delete()
        assert not LanguageModelCall.objects.exists()


class TestCost:
    @pytest.mark.parametrize(
        ("model", "prices", "cost"),
        [
            ("gpt-4.1-mini", NO_PRICE, Decimal("2.000000")),
            ("my-own", NO_PRICE, None),
            ("my-own", {"prompt": 0.5, "completion": 0.25}, Decimal("0.750000")),
            ("gpt-4.1-mini", {"prompt": 0.5, "completion": 0.25}, Decimal("0.750000")),
        ],
    )
    def test_is_tokens_times_price(
        self, model: str, prices: dict[str, float], cost: Decimal | None
    ) -> None:
        usage = Usage(prompt_tokens=1_000_000, completion_tokens=1_000_000)

        assert cost_of(usage, model=model, prices=prices) == cost
