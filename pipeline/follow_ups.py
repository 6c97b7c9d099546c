"""What is asked after an answer: one more question of the session, about what was said where a language model is set."""

import logging
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from interview_platform.errors import Conflict
from pipeline import quotas
from pipeline.model_calls import Asker, ask
from pipeline.models import TranscriptRecord
from pipeline.ports import LanguageModel, StageError
from pipeline.progress import Warn
from pipeline.providers import registry
from pipeline.stages.follow_up_prompt import (
    Asked,
    choose_follow_up,
    follow_up_prompt,
    parse_follow_up,
)
from pipeline.stages.orders import gives_orders
from pipeline.values import DraftQuestion
from sessions.models import Question
from sessions.services import add_question, require_open_for_questions

logger = logging.getLogger(__name__)

MOST: Final = 3  # follow-ups of one question
MALFORMED: Final = "llm_malformed"
PREPARED_SERVES: Final = "The follow-up question is a prepared one."


class FollowUpsUsedUp(Conflict):
    """The question was followed up on often enough."""

    code = "follow_ups_used_up"
    message = "This question has been followed up on often enough"


def require_open(parent: Question) -> None:
    """Refuse as `keep_follow_up` does, before any question has been written."""
    require_open_for_questions(session=parent.session, replace=True)
    if parent.followed_up_by.count() >= MOST:
        raise FollowUpsUsedUp


def write_follow_up(parent: Question) -> tuple[DraftQuestion, tuple[Warn, ...]]:
    """Return what the language model asks about the answer; a prepared question, with the reason, where it fails."""
    model = registry.language_model()
    answer = _latest_answer(parent)
    if model is None:
        return choose_prepared(parent), ()
    if not answer:
        trouble = Warn("no_transcript", "There are no words to follow up on.")
    elif gives_orders(answer):
        trouble = Warn("answer_not_shared", "The answer speaks to its grader.")
    else:
        try:
            return _write(model, parent, answer), ()
        except StageError as error:
            trouble = Warn(error.code, error.message)
        except ValueError as error:
            logger.warning("The follow-up question was not usable: %s", type(error).__name__)
            trouble = Warn(MALFORMED, "The language model's question was not usable.")
    return choose_prepared(parent), (Warn(trouble.code, f"{trouble.message} {PREPARED_SERVES}"),)


@transaction.atomic
def add_prepared(parent: Question) -> Question:
    """Add the next prepared follow-up to the session; raise `SessionCompleted`, `FollowUpsUsedUp` or `OverQuota`."""
    require_open(parent)
    quotas.take(parent.session.owner_id, {"questions": 1})
    return add_question(parent=parent, draft=choose_prepared(parent))


def choose_prepared(parent: Question) -> DraftQuestion:
    """Return the next prepared follow-up; raise `FollowUpsUsedUp` when all were asked."""
    draft = choose_follow_up(_asked(parent), avoid=_texts(parent))
    if draft is None:
        raise FollowUpsUsedUp
    return draft


def keep_follow_up(parent: Question, draft: DraftQuestion) -> Question:
    """Add it to the session. Needs the caller's transaction; raise `SessionCompleted` or `FollowUpsUsedUp`."""
    require_open(parent)
    return add_question(parent=parent, draft=draft)


def _write(model: LanguageModel, parent: Question, answer: str) -> DraftQuestion:
    asked, avoid = _asked(parent), _texts(parent)
    prompt = follow_up_prompt(asked, answer=answer, avoid=avoid)
    asker = Asker(parent.session.owner, parent.session, "follow_up")
    payload = ask(model, prompt, asker=asker)
    return parse_follow_up(payload, asked, answer=answer, avoid=avoid, source=model.source)


def _asked(parent: Question) -> Asked:
    return Asked(
        text=parent.text,
        category=parent.category,
        difficulty=parent.difficulty,
        skills=tuple(parent.skills),
        follow_ups=tuple(parent.follow_ups),
        target_role=parent.session.target_role,
    )


def _texts(parent: Question) -> Sequence[str]:
    """Return all questions of the session."""
    asked = Question.objects.filter(session=parent.session_id).order_by("position")
    return list(asked.values_list("text", flat=True))


def _latest_answer(parent: Question) -> str:
    heard = TranscriptRecord.objects.filter(run__question=parent).order_by("-run__attempt")
    return heard.values_list("text", flat=True).first() or ""
