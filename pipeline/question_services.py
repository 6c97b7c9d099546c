"""Which questions a session gets: written by a language model where one is set, else chosen from the bank."""

import logging
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from pipeline.bank import load_bank
from pipeline.models import SessionFeedback, SessionScore
from pipeline.ports import LanguageModel, StageError
from pipeline.progress import Warn
from pipeline.providers import registry
from pipeline.stages.questions import (
    CATEGORIES,
    SCHEMA_NAME,
    QuestionRequest,
    parse_questions,
    question_prompt,
    select_questions,
)
from pipeline.values import DraftQuestion
from pipeline.waiting import let_go_of_connection
from sessions.models import InterviewSession, Question
from sessions.selectors import seen_questions
from sessions.services import put_questions, require_open_for_questions

logger = logging.getLogger(__name__)

SEEDS: Final = 2**32
MALFORMED: Final = "llm_malformed"


@dataclass(frozen=True, slots=True)
class Drafts:
    """Questions that belong to no session yet, and what a client should know of them."""

    questions: Sequence[DraftQuestion]
    warnings: tuple[Warn, ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """A session's new questions, and what a client should know of them."""

    questions: Sequence[Question]
    warnings: tuple[Warn, ...]


def request_for(session: InterviewSession, fields: Mapping[str, Any]) -> QuestionRequest:
    """Return what the session asks for, with the fields of `GenerateIn`; skills left out are the owner's."""
    return QuestionRequest(
        num_questions=fields["num_questions"],
        categories=tuple(dict.fromkeys(fields.get("categories", CATEGORIES))),
        skills=tuple(fields.get("skills", session.owner.skills)),
        difficulty=session.difficulty,
        target_role=session.target_role,
        target_company=session.target_company,
        job_description=fields.get("job_description", ""),
    )


def generate_questions(
    *, session: InterviewSession, request: QuestionRequest, replace: bool, seed: int | None = None
) -> Generated:
    """
    Give the session new questions; raise `SessionCompleted` or `QuestionsAnswered`, before anything is written.

    Without a seed each call chooses anew.
    """
    require_open_for_questions(session=session, replace=replace)
    seen = seen_questions(owner=session.owner)
    drafts = draft_questions(request, seen=seen, seed=_new_seed() if seed is None else seed)
    questions = _keep(session, drafts.questions, replace=replace)
    return Generated(questions, drafts.warnings)


def draft_questions(request: QuestionRequest, *, seen: Collection[str], seed: int) -> Drafts:
    """Return questions from the language model, from the bank where there is none or it fails. No database is needed."""
    model = registry.language_model()
    if model is None:
        return _choose(request, seen=seen, seed=seed)
    let_go_of_connection()
    try:
        return Drafts(_write(model, request, seen=seen))
    except StageError as error:
        trouble = Warn(error.code, error.message)
    except ValueError as error:
        logger.warning("The language model's questions were not usable: %s", error)
        trouble = Warn(MALFORMED, "The language model's questions were not usable.")
    chosen = _choose(request, seen=seen, seed=seed)
    told = Warn(trouble.code, f"{trouble.message} The questions come from the built-in bank.")
    return Drafts(chosen.questions, (told, *chosen.warnings))


def _write(
    model: LanguageModel, request: QuestionRequest, *, seen: Collection[str]
) -> list[DraftQuestion]:
    system, user, schema = question_prompt(request, avoid=sorted(seen))
    payload = model.complete_json(system=system, user=user, schema=schema, schema_name=SCHEMA_NAME)
    return parse_questions(payload, request, model.source, seen=seen)


def _choose(request: QuestionRequest, *, seen: Collection[str], seed: int) -> Drafts:
    chosen = select_questions(request=request, bank=load_bank(), seen=seen, seed=seed)
    missing = request.num_questions - len(chosen)
    if not missing:
        return Drafts(chosen)
    message = f"The bank has no more questions like these: {missing} of {request.num_questions} are missing."
    return Drafts(chosen, (Warn("fewer_questions", message),))


@transaction.atomic
def _keep(
    session: InterviewSession, drafts: Sequence[DraftQuestion], *, replace: bool
) -> list[Question]:
    """Put the questions in; what was made of answers to earlier ones goes with them."""
    questions = put_questions(session=session, drafts=drafts, replace=replace)
    for results in (SessionScore, SessionFeedback):
        results.objects.filter(session=session).delete()
    return questions


def _new_seed() -> int:
    return random.SystemRandom().randrange(SEEDS)
