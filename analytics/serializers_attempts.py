"""What may come in about attempts and comparisons, and what goes out."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.serializers import score_field

MAX_ATTEMPT = 2**31 - 1  # what the column holds
MISSING = "Compare `sessions`, or a `question` and two `attempts` at it."
BOTH = "Compare either sessions or attempts, not both."


@extend_schema_field(OpenApiTypes.STR)
class PairField(serializers.Field[Any, Any, Any, Any]):
    """Two different values with a comma between them."""

    default_error_messages = {"pair": "Name two different ones with a comma between."}

    def __init__(self, *, child: "serializers.Field[Any, Any, Any, Any]", **options: Any) -> None:
        super().__init__(**options)
        self.child = child

    def to_internal_value(self, data: Any) -> tuple[Any, Any]:
        """Return both."""
        values = [self.child.run_validation(part.strip()) for part in str(data).split(",")]
        if len(set(values)) != len(values) or len(values) != 2:  # noqa: PLR2004 - a pair
            self.fail("pair")
        return values[0], values[1]


class CompareIn(serializers.Serializer[Any]):
    """Two sessions, or a question and two attempts at it."""

    sessions = PairField(
        child=serializers.UUIDField(), required=False, help_text="Two ids with a comma between."
    )
    question = serializers.UUIDField(required=False)
    attempts = PairField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ATTEMPT),
        required=False,
        help_text="Two numbers with a comma between.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a question without attempts, attempts without a question, and both kinds at once."""
        wanted = {"sessions"} if "sessions" in attrs else {"question", "attempts"}
        wrong = {
            **dict.fromkeys(wanted - set(attrs), MISSING),
            **dict.fromkeys(set(attrs) - wanted, BOTH),
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class SideOut(serializers.Serializer[Any]):
    """One of the two."""

    id = serializers.UUIDField(help_text="Of the session, or of the answer.")
    label = serializers.CharField()  # type: ignore[assignment] # the base class has an attribute of that name
    at = serializers.DateTimeField()


class DifferenceOut(serializers.Serializer[Any]):
    """A number before and after."""

    name = serializers.CharField()
    unit = serializers.CharField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True, help_text="Null where either is missing.")


class WordChangeOut(serializers.Serializer[Any]):
    """Words that gave way to others; one of the two may be empty."""

    before = serializers.CharField()
    after = serializers.CharField()


class WordChangesOut(serializers.Serializer[Any]):
    """How one text became the other; case and punctuation do not count."""

    kept = serializers.IntegerField()
    removed = serializers.IntegerField()
    added = serializers.IntegerField()
    changes = WordChangeOut(many=True)
    sentence = serializers.CharField()


class ComparisonOut(serializers.Serializer[Any]):
    """What changed from the first to the second."""

    kind = serializers.ChoiceField(choices=("sessions", "attempts"))
    before = SideOut()
    after = SideOut()
    scores = DifferenceOut(many=True, help_text="`overall` first, then the four metrics.")
    delivery = DifferenceOut(many=True)
    mistakes_gone = serializers.ListField(
        child=serializers.CharField(), help_text="As `metric:rule`."
    )
    mistakes_new = serializers.ListField(child=serializers.CharField())
    words = WordChangesOut(allow_null=True, help_text="Of two attempts with transcripts.")
    summary = serializers.ListField(child=serializers.CharField(), help_text="Sentences.")


class AttemptOut(serializers.Serializer[Any]):
    """One answer to a question, recorded or typed."""

    audio_id = serializers.UUIDField(
        source="recording.uuid", default=None, allow_null=True, help_text="Null of a typed answer."
    )
    attempt = serializers.IntegerField(help_text="From 1.")
    recorded_at = serializers.DateTimeField(source="answered_at")
    duration = serializers.FloatField(
        source="recording.duration", default=None, allow_null=True, help_text="Seconds, measured."
    )
    format = serializers.CharField(source="recording.format", default=None, allow_null=True)
    status = serializers.ChoiceField(choices=("queued", "processing", "completed", "failed"))
    counts = serializers.BooleanField(help_text="Whether scores are made of this attempt.")
    scorable = serializers.BooleanField(allow_null=True, help_text="Null until it is judged.")
    overall_score = score_field()
    relevance_score = score_field()
    grammar_score = score_field()
    fluency_score = score_field()
    keyword_score = score_field()
    word_count = serializers.IntegerField(allow_null=True)


class AttemptsOut(serializers.Serializer[Any]):
    """One page of attempts."""

    attempts = AttemptOut(many=True)
