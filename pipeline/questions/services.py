"""Changes of a session's questions: generation and follow-ups."""

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction

from interview_platform.errors import Conflict
from pipeline import quotas
from pipeline.domain.ports import Judges, LanguageModel, StageError
from pipeline.domain.values import DraftQuestion
from pipeline.llm.client import Asker, ask
from pipeline.llm.prompt_injection import gives_orders
from pipeline.models import EvaluationRecord, SessionFeedback, SessionScore, TranscriptRecord
from pipeline.progress.estimates import Warn
from pipeline.providers import registry
from pipeline.questions.bank import load_bank
from pipeline.questions.follow_up_prompt import (
    Asked,
    choose_follow_up,
    follow_up_prompt,
    parse_follow_up,
)
from pipeline.questions.selection import (
    CATEGORIES,
    QuestionRequest,
    parse_questions,
    question_prompt,
    select_questions,
)
from pipeline.questions.slots import PastScore, find_weak_spots
from sessions.models import InterviewSession, Question
from sessions.selectors import seen_questions
from sessions.services import add_question, put_questions, require_open_for_questions

logger = logging.getLogger(__name__)

SEEDS: Final = 2**32
MALFORMED: Final = "llm_malformed"
BANK_SERVES: Final = "The questions come from the built-in bank."
PAST_ANSWERS: Final = 100  # the latest, from which weak spots are read


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


def write_down(request: QuestionRequest) -> dict[str, Any]:
    """Return the request as plain JSON."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(request).items()
    }


def read_back(wish: Mapping[str, Any]) -> QuestionRequest:
    """Return the request that was written down."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in wish.items()
    }
    return QuestionRequest(**fields)


def generate_questions(
    *, session: InterviewSession, request: QuestionRequest, replace: bool, seed: int | None = None
) -> Generated:
    """
    Give the session new questions from the bank; raise `SessionCompleted`, `QuestionsAnswered` or `OverQuota`, and write nothing.

    Without a seed each call chooses anew.
    """
    require_open_for_questions(session=session, replace=replace)
    quotas.require_left(session.owner_id, ("questions",))
    drafts = choose_questions(session, request, seed=seed)
    with transaction.atomic():
        questions = keep_questions(session, drafts.questions, replace=replace)
        quotas.take(session.owner_id, {"questions": len(questions)})
    return Generated(questions, drafts.warnings)


def write_questions(session: InterviewSession, request: QuestionRequest) -> Drafts:
    """Return questions from the language model; from the bank, with the reason, where it fails."""
    model = registry.language_model()
    if model is None:
        return choose_questions(session, request)
    try:
        return Drafts(_write(model, session, request))
    except StageError as error:
        trouble = Warn(error.code, error.message)
    except ValueError as error:
        logger.warning("The language model's questions were not usable: %s", error)
        trouble = Warn(MALFORMED, "The language model's questions were not usable.")
    return choose_questions(session, request, instead_of=trouble)


def choose_questions(
    session: InterviewSession,
    request: QuestionRequest,
    *,
    seed: int | None = None,
    instead_of: Warn | None = None,
) -> Drafts:
    """Return questions from the bank; `instead_of` says why it serves where a model should have."""
    bank = load_bank()
    chosen = select_questions(
        request=request,
        bank=bank,
        seen=seen_questions(owner=session.owner),
        seed=_new_seed() if seed is None else seed,
        weak=find_weak_spots(_past_scores(session), bank=bank),
        judges=_readers_of(request),
    )
    warnings = []
    if instead_of is not None:
        warnings.append(Warn(instead_of.code, f"{instead_of.message} {BANK_SERVES}"))
    missing = request.num_questions - len(chosen)
    if missing:
        message = f"The bank has no more questions like these: {missing} of {request.num_questions} are missing."
        warnings.append(Warn("fewer_questions", message))
    return Drafts(chosen, tuple(warnings))


@transaction.atomic
def keep_questions(
    session: InterviewSession, drafts: Sequence[DraftQuestion], *, replace: bool
) -> list[Question]:
    """Put the questions in; what was made of answers to earlier ones goes with them."""
    questions = put_questions(session=session, drafts=drafts, replace=replace)
    for results in (SessionScore, SessionFeedback):
        results.objects.filter(session=session).delete()
    return questions


def _write(
    model: LanguageModel, session: InterviewSession, request: QuestionRequest
) -> list[DraftQuestion]:
    seen = seen_questions(owner=session.owner)
    prompt = question_prompt(request, avoid=sorted(seen))
    payload = ask(model, prompt, asker=Asker(session.owner, session, "questions"))
    return parse_questions(payload, request, model.source, seen=seen)


def _past_scores(session: InterviewSession) -> list[PastScore]:
    """Return how well the owner's last answers were. One query."""
    rows = (
        EvaluationRecord.objects.filter(run__session__owner=session.owner, overall__isnull=False)
        .order_by("-pk")
        .values_list(
            "run__question__bank_key", "run__question__category", "run__question__skills", "overall"
        )
    )
    return [
        PastScore(bank_key, category, tuple(skills), overall)
        for bank_key, category, skills, overall in rows[:PAST_ANSWERS]
        if overall is not None
    ]


def _readers_of(request: QuestionRequest) -> Judges:
    """Return what reads the request: each model is loaded at its first use only, and not for a request without such text."""
    return Judges(
        encoder=registry.sentence_encoder() if request.skills or request.job_description else None,
        parser=registry.linguistic_parser() if request.job_description else None,
        grammar=None,
    )


def _new_seed() -> int:
    return random.SystemRandom().randrange(SEEDS)


MOST: Final = 3  # follow-ups of one question
MALFORMED_FOLLOW_UP: Final = "llm_malformed"
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
            return _write_question(model, parent, answer), ()
        except StageError as error:
            trouble = Warn(error.code, error.message)
        except ValueError as error:
            logger.warning("The follow-up question was not usable: %s", type(error).__name__)
            trouble = Warn(MALFORMED_FOLLOW_UP, "The language model's question was not usable.")
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


def _write_question(model: LanguageModel, parent: Question, answer: str) -> DraftQuestion:
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
