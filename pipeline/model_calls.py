"""The one way to ask a language model: within the budgets, outside of transactions, and written down."""

import time
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from pipeline import budgets
from pipeline.models_language import LanguageModelCall
from pipeline.ports import LanguageModel, LanguageModelError, Prompt, Usage
from pipeline.stages.prices import cost_of
from pipeline.waiting import let_go_of_connection
from sessions.models import InterviewSession

Purpose = Literal["questions", "follow_up", "feedback"]

NOTHING: Final = Usage(0, 0)
GOOD: Final = "ok"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who pays, and for what."""

    owner: User
    session: InterviewSession
    purpose: Purpose


def ask(model: LanguageModel, prompt: Prompt, *, asker: Asker) -> dict[str, object]:
    """Return the model's object; raise `OutOfBudget` before, and `LanguageModelError` after it was asked in vain."""
    held = budgets.set_aside(owner=asker.owner, tokens=budgets.most_tokens(prompt))
    let_go_of_connection()
    began = time.monotonic()
    usage, outcome = (
        NOTHING,
        "interrupted",
    )  # what stands when a time limit or a shutdown ends the call
    try:
        completion = model.complete_json(prompt)
        usage, outcome = completion.usage, GOOD
    except LanguageModelError as error:
        usage, outcome = error.usage or NOTHING, error.code
        raise
    finally:
        seconds = time.monotonic() - began
        budgets.settle(held, tokens=usage.tokens)
        _note(model, asker, usage=usage, outcome=outcome, seconds=seconds)
    return completion.payload


def _note(
    model: LanguageModel, asker: Asker, *, usage: Usage, outcome: str, seconds: float
) -> None:
    """Write the call down, unless the session or its owner was removed meanwhile."""
    row = LanguageModelCall(
        owner=asker.owner,
        session=asker.session,
        purpose=asker.purpose,
        provider=model.source,
        model=model.name[:100],
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost=cost_of(usage, model=model.name, prices=settings.LLM_PRICES),
        outcome=outcome,
        seconds=round(seconds, 3),
    )
    for session in (asker.session, None):
        row.session = session
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            row.pk = None
            continue
        return
