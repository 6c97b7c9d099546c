"""Serializers of one recording's results, and the fields that all results share."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from rest_framework import serializers

from interview_platform.http.fields import TextField
from pipeline.api.subtitles import FILE_KINDS
from pipeline.domain.values import METRICS
from pipeline.models import Judgement, PastEvaluation, TranscriptRecord
from pipeline.progress.estimates import STAGES
from pipeline.scoring.thresholds import UNSURE_WORD
from sessions.serializers import LanguageField

SETTLED = ("completed", "failed")
UNDER_WAY = ("queued", "processing")
STATUSES = (*UNDER_WAY, *SETTLED)
REACHED = (*STAGES, "done")
SCORE_HELP = "0 to 100, one decimal."


def score(help_text: str = SCORE_HELP) -> serializers.FloatField:
    """Return a field for points of a hundred; null where nothing could be judged."""
    return serializers.FloatField(allow_null=True, min_value=0, max_value=100, help_text=help_text)


def text(help_text: str = "") -> serializers.CharField:
    """Return a field for text; null while there is no result."""
    return serializers.CharField(allow_null=True, help_text=help_text)


class FailureOut(serializers.Serializer[Any]):
    """Why there is no result."""

    code = serializers.CharField(help_text="A stable word.")
    message = serializers.CharField(help_text="A sentence for a person.")
    retryable = serializers.BooleanField(help_text="Whether asking again can help.")
    stage = serializers.ChoiceField(choices=REACHED)


class SettledOut(serializers.Serializer[Any]):
    """A result that is there, or that failed: then the documented fields are null."""

    status = serializers.ChoiceField(choices=SETTLED)
    failure = FailureOut(required=False, help_text="Only when `status` is `failed`.")


class UnderWayOut(serializers.Serializer[Any]):
    """A result that is being worked on: the documented fields are null."""

    status = serializers.ChoiceField(choices=UNDER_WAY)
    stage = serializers.ChoiceField(choices=STAGES)
    progress = serializers.FloatField(min_value=0, max_value=1)
    queue_position = serializers.IntegerField(
        min_value=0, help_text="Waiting answers before this one; 0 when it is being worked on."
    )
    eta_seconds = serializers.FloatField(
        allow_null=True,
        min_value=0,
        help_text="Measured on the latest answers; null while no worker is there.",
    )


class AttemptOut(serializers.Serializer[Any]):
    """Which recording it is about."""

    attempt = serializers.IntegerField(min_value=1, help_text="The recording's number, from 1.")


@cache
def names_of(fields: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    """Return the names of a serializer's fields, in order."""
    return tuple(fields().get_fields())


MAX_KEYWORDS = 50
MAX_KEYWORD = 100  # characters
MAX_TEXT = 20_000  # characters of an answer, typed or corrected: half an hour of speech
MAX_ATTEMPT = 2_147_483_647  # the column's own


class AttemptIn(serializers.Serializer[Any]):
    """Which recording is meant."""

    attempt = serializers.IntegerField(
        min_value=1,
        max_value=MAX_ATTEMPT,
        required=False,
        help_text="The recording's number, from 1; the latest when absent.",
    )


class TranscriptQueryIn(AttemptIn):
    """Which transcript is meant, and as what."""

    format = serializers.ChoiceField(choices=("json", *FILE_KINDS), default="json")


class TranscribeIn(serializers.Serializer[Any]):
    """How to transcribe."""

    language = LanguageField(
        max_length=8, required=False, allow_null=True, help_text="The session's when absent."
    )


class EvaluateIn(serializers.Serializer[Any]):
    """What to judge by."""

    expected_keywords = serializers.ListField(
        child=TextField(max_length=MAX_KEYWORD),
        max_length=MAX_KEYWORDS,
        required=False,
        allow_null=True,
        help_text="The question's own when absent.",
    )

    def validate_expected_keywords(self, value: list[str] | None) -> list[str] | None:
        """Return each keyword once, whatever its case, in the order given."""
        first: dict[str, str] = {}
        for word in value or ():
            first.setdefault(word.casefold(), word)
        return None if value is None else list(first.values())


class SegmentOut(serializers.Serializer[Any]):
    """A stretch of text."""

    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField(allow_blank=True)


class WordOut(serializers.Serializer[Any]):
    """A word."""

    word = serializers.CharField(allow_blank=True)
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    probability = serializers.FloatField(help_text="0 to 1, the recogniser's own.")


class CorrectionIn(serializers.Serializer[Any]):
    """What was really said."""

    transcript = TextField(max_length=MAX_TEXT)


class TranscriptFields(serializers.Serializer[Any]):
    """What was said."""

    transcript = text("Empty when there is no speech in the recording.")
    language = text("ISO 639-1.")
    duration = serializers.FloatField(allow_null=True, help_text="Seconds.")
    confidence = serializers.FloatField(
        allow_null=True, help_text="Mean word probability; null without words."
    )
    word_count = serializers.IntegerField(allow_null=True)
    segments = SegmentOut(many=True, allow_null=True)
    words = WordOut(many=True, allow_null=True)
    model = text("Which recogniser.")
    scorable = serializers.BooleanField(
        allow_null=True, help_text="False when there is nothing in it that could be judged."
    )
    unsure_words = WordOut(
        many=True, allow_null=True, help_text="The words that the recogniser may have got wrong."
    )
    edited = serializers.BooleanField(
        allow_null=True, help_text="Whether you have put it right; then it was judged anew."
    )
    original_transcript = text("What the recogniser heard, where `edited`; else null.")


class TranscriptOut(TranscriptFields, AttemptOut, SettledOut):
    """A transcript that is there, or failed."""


class TranscriptUnderWayOut(TranscriptFields, AttemptOut, UnderWayOut):
    """A transcript that is being made."""


class CorrectedWordOut(serializers.Serializer[Any]):
    """Words that were heard, and those that stand in their place now."""

    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")
    end = serializers.FloatField(allow_null=True, help_text="Seconds.")


class CorrectionOut(serializers.Serializer[Any]):
    """How the corrected words differ from those that were heard."""

    kept = serializers.IntegerField(help_text="Words.")
    removed = serializers.IntegerField(help_text="Words.")
    added = serializers.IntegerField(help_text="Words.")
    changes = CorrectedWordOut(many=True)


class CorrectedOut(TranscriptFields, AttemptOut):
    """A transcript that was put right just now."""

    status = serializers.ChoiceField(choices=("completed",))
    difference = CorrectionOut()


class ExplanationOut(serializers.Serializer[Any]):
    """Why a score is what it is: one rule, and what it cost or gave."""

    score = serializers.ChoiceField(choices=METRICS)
    rule = serializers.CharField(help_text="A stable word.")
    value = serializers.FloatField(allow_null=True, help_text="What was measured.")
    unit = serializers.CharField(allow_blank=True, help_text="Of `value`.")
    points = serializers.FloatField(help_text="Effect on the score, of 100.")
    quote = serializers.CharField(allow_blank=True, help_text="Words of the transcript.")
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")
    end = serializers.FloatField(allow_null=True, help_text="Seconds.")
    message = serializers.CharField(allow_blank=True)


class EvaluationFields(serializers.Serializer[Any]):
    """The judgement of one answer."""

    relevance_score = score()
    grammar_score = score()
    fluency_score = score()
    keyword_score = score("0 to 100, one decimal; null without expected keywords.")
    overall_score = score()
    summary = text()
    suggestions = serializers.ListField(child=serializers.CharField(), allow_null=True)
    scorable = serializers.BooleanField(allow_null=True)
    reasons = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Why something could not be judged: stable words.",
    )
    metrics = serializers.DictField(
        allow_null=True, help_text="The raw measures, names carry the unit."
    )
    explanations = ExplanationOut(many=True, allow_null=True)
    intervals = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        allow_null=True,
        help_text="Between which bounds a score lies: `[low, high]`.",
    )
    observations = serializers.DictField(
        allow_null=True, help_text="Information that no score depends on."
    )
    expected_keywords = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="What it was judged by."
    )
    scorer_version = text()
    edited = serializers.BooleanField(
        allow_null=True, help_text="Whether it judges a transcript that you have put right."
    )


class EvaluationOut(EvaluationFields, AttemptOut, SettledOut):
    """An evaluation that is there, or failed."""


class EvaluationUnderWayOut(EvaluationFields, AttemptOut, UnderWayOut):
    """An evaluation that is being made."""


class PastEvaluationOut(EvaluationFields):
    """An evaluation that counted until another took its place."""

    language = text("Of the transcript it judged; ISO 639-1.")
    replaced_because = serializers.ChoiceField(choices=PastEvaluation.Why.choices)
    evaluated_at = serializers.DateTimeField()
    replaced_at = serializers.DateTimeField()


class PastEvaluationsOut(serializers.Serializer[Any]):
    """The earlier evaluations of one recording."""

    evaluations = PastEvaluationOut(many=True)


def transcript_body(record: TranscriptRecord) -> dict[str, Any]:
    """Return the documented fields of a transcript."""
    return {
        "transcript": record.text,
        "language": record.language,
        "duration": record.duration,
        "confidence": record.confidence,
        "word_count": record.word_count,
        "segments": [{"start": row[1], "end": row[2], "text": row[0]} for row in record.segments],
        "words": [_word(row) for row in record.words],
        "model": record.model,
        "scorable": bool(record.text.strip()),
        "unsure_words": [_word(row) for row in record.words if row[3] < UNSURE_WORD],
        "edited": record.edited,
        "original_transcript": record.heard["text"] if record.heard else None,
    }


def _word(row: Sequence[Any]) -> dict[str, Any]:
    return {"word": row[0], "start": row[1], "end": row[2], "probability": row[3]}


def evaluation_body(record: Judgement) -> dict[str, Any]:
    """Return the documented fields of an evaluation."""
    return {
        "relevance_score": record.relevance,
        "grammar_score": record.grammar,
        "fluency_score": record.fluency,
        "keyword_score": record.keywords,
        "overall_score": record.overall,
        **{
            name: getattr(record, name)
            for name in names_of(EvaluationFields)
            if not name.endswith("_score")
        },
    }


def past_evaluation_body(record: PastEvaluation) -> dict[str, Any]:
    """Return the documented fields of an earlier evaluation."""
    return {
        **evaluation_body(record),
        "language": record.language,
        "replaced_because": record.why,
        "evaluated_at": record.evaluated_at,
        "replaced_at": record.replaced_at,
    }
