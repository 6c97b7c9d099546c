"""
What a language model adds to a session's feedback. The rules' feedback is there without it, and no score is in its hands.

Asked once for equal input: the row of the session is keyed by a hash of all that the model is told, and is the claim on
asking it. Who finds it claimed goes on without; whoever asked writes the feedback anew when the answer is there.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from pipeline.domain.ports import LanguageModel, Prompt, StageError
from pipeline.domain.values import FeedbackReport, JudgedAnswer, ModelAnswer, Notice, Remark
from pipeline.llm.client import Asker, ask
from pipeline.llm.feedback_prompt import Narrative, narrative_prompt, parse_narrative, tellable
from pipeline.models import PipelineRun, SessionNarrative, Stage
from pipeline.providers import registry
from sessions.models import InterviewSession

logger = logging.getLogger(__name__)

State = SessionNarrative.State
RETRY_AFTER: Final = timedelta(seconds=60)  # a model that failed is not asked again before
LOST_AFTER: Final = timedelta(seconds=30)  # beyond the time limit: whoever asked has died
UNUSABLE: Final = "llm_malformed"
RULES_SERVE: Final = "The feedback comes from the built-in rules alone."
WAITS: Final = Notice(
    "narrative_waits",
    "The language model adds its remarks once every question is answered, the session is complete, or feedback is asked for "
    "with POST.",
)
NOT_SHOWN: Final = Notice(
    "answer_not_shared",
    "An answer that speaks to its grader was not shown to the language model: {positions}.",
)


def write_if_due(run: PipelineRun, answers: Sequence[JudgedAnswer]) -> None:
    """Ask the model when the run's session is ready for it and nobody has; what goes wrong is written down, never raised."""
    model = registry.language_model()
    told = tellable(answers)
    if model is None or not told or not _is_due(run, answers):
        return
    prompt = _prompt(run.session, told)
    version = _version(model, prompt)
    if _claim(run.session, version, engine=model.name):
        _write(model, prompt, session=run.session, told=told, version=version)


def is_wanted(session: InterviewSession, answers: Sequence[JudgedAnswer]) -> bool:
    """Tell whether asking for feedback would now bring a language model's part that is not there."""
    model = registry.language_model()
    told = tellable(answers)
    if model is None or not told:
        return False
    version = _version(model, _prompt(session, told))
    settled = _of(session).filter(inputs_version=version).exclude(_may_be_claimed())
    return not settled.exists()


def add_to(
    report: FeedbackReport, *, session: InterviewSession, answers: Sequence[JudgedAnswer]
) -> FeedbackReport:
    """Return the rules' report with sample answers, and with what a model said of exactly these answers."""
    samples = {answer.question_id: _sketch(answer) for answer in answers if answer.sketch}
    model = registry.language_model()
    if model is None or not answers:
        return replace(report, model_answers=tuple(samples.values()))
    told = tellable(answers)
    hidden = _hidden(answers, told)
    row = _of(session).filter(inputs_version=_version(model, _prompt(session, told))).first()
    if row is None or row.state != State.WRITTEN:
        notices = (*_notices_of(row, told), *hidden)
        return replace(report, model_answers=tuple(samples.values()), notices=notices)
    samples |= {sample["question_id"]: ModelAnswer(**sample) for sample in row.samples}
    return replace(
        report,
        engine=row.engine,
        narrative=tuple(Remark(**remark) for remark in row.remarks),
        model_answers=tuple(samples.values()),
        notices=hidden,
    )


def _is_due(run: PipelineRun, answers: Sequence[JudgedAnswer]) -> bool:
    """
    Tell whether the model's remarks are worth their price now.

    They are when somebody asked for them or the session was closed (then the session's own run is at work), and when the
    last question is answered: not after each answer, or a model would be paid five times for one interview.
    """
    if run.question_id is None:
        return True
    in_work = PipelineRun.objects.filter(
        session=run.session_id,
        question__isnull=False,
        state__in=PipelineRun.UNFINISHED,
        stage__in=(Stage.TRANSCRIBE, Stage.EVALUATE),
    )
    return len(answers) == run.session.questions.count() and not in_work.exists()


def _claim(session: InterviewSession, version: str, *, engine: str) -> bool:
    """Take the right to ask for this input; False when it was asked already, or somebody is asking."""
    fresh: dict[str, Any] = {
        "inputs_version": version,
        "state": State.WRITING,
        "changed_at": Now(),
        "engine": engine[:100],
        "remarks": [],
        "samples": [],
        "failure_code": "",
        "failure_message": "",
    }
    free = ~Q(inputs_version=version) | _may_be_claimed()
    if _of(session).filter(free).update(**fresh):
        return True
    if _of(session).exists():
        return False
    try:
        with transaction.atomic():
            SessionNarrative.objects.create(session=session, **fresh)
    except IntegrityError:  # somebody was quicker, or the session is gone
        return False
    return True


def _write(
    model: LanguageModel,
    prompt: Prompt,
    *,
    session: InterviewSession,
    told: Sequence[JudgedAnswer],
    version: str,
) -> None:
    asker = Asker(session.owner, session, "feedback")
    try:
        narrative = parse_narrative(ask(model, prompt, asker=asker), told, source=model.source)
    except StageError as error:
        _fail(session, version, Notice(error.code, error.message))
    except ValueError as error:
        logger.warning("The language model's remarks were not usable: %s", type(error).__name__)
        message = "The language model's remarks were not usable."
        _fail(session, version, Notice(UNUSABLE, message))
    else:
        _keep(session, version, narrative)


def _keep(session: InterviewSession, version: str, narrative: Narrative) -> None:
    _asked_for(session, version).update(
        state=State.WRITTEN,
        changed_at=Now(),
        remarks=[asdict(remark) for remark in narrative.remarks],
        samples=[asdict(sample) for sample in narrative.samples],
    )


def _fail(session: InterviewSession, version: str, notice: Notice) -> None:
    _asked_for(session, version).update(
        state=State.FAILED,
        changed_at=Now(),
        failure_code=notice.code,
        failure_message=notice.message[:500],
    )


def _of(session: InterviewSession) -> "QuerySet[SessionNarrative]":
    return SessionNarrative.objects.filter(session=session.pk)


def _asked_for(session: InterviewSession, version: str) -> "QuerySet[SessionNarrative]":
    """Find the row, unless another input took it over meanwhile."""
    return _of(session).filter(inputs_version=version, state=State.WRITING)


def _may_be_claimed() -> Q:
    """Tell what failed a while ago, and what somebody began who has died."""
    patience = timedelta(seconds=settings.LLM_TIMEOUT_SECONDS) + LOST_AFTER
    failed = Q(state=State.FAILED, changed_at__lt=Now() - RETRY_AFTER)
    return failed | Q(state=State.WRITING, changed_at__lt=Now() - patience)


def _prompt(session: InterviewSession, told: Sequence[JudgedAnswer]) -> Prompt:
    return narrative_prompt(told, target_role=session.target_role)


def _version(model: LanguageModel, prompt: Prompt) -> str:
    """Return a hash of all that the model's part is made from."""
    parts = (model.source, model.name, prompt.system, prompt.user)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _sketch(answer: JudgedAnswer) -> ModelAnswer:
    return ModelAnswer(answer.question_id, answer.sketch, source=answer.sketch_source)


def _hidden(answers: Sequence[JudgedAnswer], told: Sequence[JudgedAnswer]) -> tuple[Notice, ...]:
    """Return what is said of answers that could be graded but were kept from the model."""
    shown = {answer.question_id for answer in told}
    graded = [answer for answer in answers if answer.evaluation.scorable]
    positions = [str(answer.position) for answer in graded if answer.question_id not in shown]
    if not positions:
        return ()
    message = NOT_SHOWN.message.format(positions=f"question {', '.join(positions)}")
    return (replace(NOT_SHOWN, message=message),)


def _notices_of(row: SessionNarrative | None, told: Sequence[JudgedAnswer]) -> tuple[Notice, ...]:
    """Return why there is nothing of the model's."""
    if not told:
        return ()
    if row is None:
        return (WAITS,)
    if row.state == State.FAILED:
        return (Notice(row.failure_code, f"{row.failure_message} {RULES_SERVE}"),)
    return ()
