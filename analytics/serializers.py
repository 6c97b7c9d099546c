"""What may come in about history, dashboard and charts, and what goes out."""

from typing import Any

from rest_framework import serializers

from analytics.stats import PERIOD_DAYS
from pipeline.domain.values import METRICS
from sessions.serializers import SessionFiltersIn, SessionOut

FORMATS = ("json", "svg", "png")
THEMES = ("auto", "light", "dark")


class HistoryIn(SessionFiltersIn):
    """Which sessions are wanted, and in which order."""

    order = serializers.ChoiceField(
        choices=("date", "score"), default="date", help_text="Newest first, or best first."
    )


class HistoryRowOut(SessionOut):
    """A session with what it was worth."""

    letter_grade = serializers.CharField(allow_null=True)
    overall_rating = serializers.CharField(allow_null=True)
    readiness_score = serializers.IntegerField(allow_null=True, help_text="0 to 100.")


class HistoryOut(serializers.Serializer[Any]):
    """One page of the history."""

    sessions = HistoryRowOut(many=True)


def score_field(**options: Any) -> serializers.FloatField:
    return serializers.FloatField(**{"allow_null": True, "help_text": "0 to 100.", **options})


class SkillsBreakdownOut(serializers.Serializer[Any]):
    """The mean of every metric over the answers that count."""

    relevance = score_field()
    grammar = score_field()
    fluency = score_field()
    keywords = score_field()


class CategoryScoresOut(serializers.Serializer[Any]):
    """The mean overall score of every category."""

    behavioral = score_field()
    technical = score_field()
    situational = score_field()


class AreaOut(serializers.Serializer[Any]):
    """A field of practice."""

    kind = serializers.ChoiceField(choices=("metric", "category", "skill"))
    name = serializers.CharField()
    score = serializers.FloatField(help_text="Mean, 0 to 100.")
    answers = serializers.IntegerField(help_text="How many it is the mean of.")


class TrendOut(serializers.Serializer[Any]):
    """One measure of delivery: the newer half of the sessions against the older half."""

    measure = serializers.CharField()
    unit = serializers.CharField()
    mean = serializers.FloatField(allow_null=True)
    earlier = serializers.FloatField(allow_null=True)
    recent = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(choices=("better", "worse", "steady", "unknown"))


class ExampleOut(serializers.Serializer[Any]):
    """Where a mistake was made last."""

    session_id = serializers.UUIDField()
    question_id = serializers.UUIDField()
    quote = serializers.CharField(help_text="Literal words of the answer; may be empty.")
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")
    end = serializers.FloatField(allow_null=True, help_text="Seconds.")
    message = serializers.CharField()


class MistakeOut(serializers.Serializer[Any]):
    """The same thing going wrong in more than one session."""

    metric = serializers.ChoiceField(choices=METRICS)
    rule = serializers.CharField(help_text="A stable word.")
    answers = serializers.IntegerField()
    sessions = serializers.IntegerField()
    example = ExampleOut()


class AdviceOut(serializers.Serializer[Any]):
    """What to practise next, and why."""

    focus = serializers.CharField()
    action = serializers.CharField()
    reason = serializers.CharField()


class DashboardOut(serializers.Serializer[Any]):
    """What all interviews add up to. Only the latest finished attempt at a question counts, if it was graded."""

    total_interviews = serializers.IntegerField(help_text="Sessions with a recording.")
    total_questions = serializers.IntegerField(help_text="Questions with a recording.")
    average_score = score_field(help_text="Mean over the scored sessions.")
    best_score = score_field()
    recent_score = score_field(help_text="Of the latest scored session.")
    total_practice_time = serializers.FloatField(
        help_text="Minutes of measured audio, every recording counted."
    )
    improvement_rate = serializers.FloatField(
        allow_null=True,
        help_text=(
            "Percent from the mean of the older half of the scored sessions to that of the newer; "
            "0 below two sessions, null when the older mean is 0."
        ),
    )
    current_streak = serializers.IntegerField(
        help_text="Days in a row with a recording or a completed session, in your time zone; "
        "it stands until the end of today."
    )
    longest_streak = serializers.IntegerField(help_text="Days.")
    skills_breakdown = SkillsBreakdownOut()
    category_scores = CategoryScoresOut()
    skill_areas = AreaOut(many=True)
    strongest_areas = AreaOut(many=True)
    weakest_areas = AreaOut(many=True)
    delivery_trends = TrendOut(many=True)
    recurring_mistakes = MistakeOut(many=True)
    practise_next = AdviceOut(many=True)


class ChartIn(serializers.Serializer[Any]):
    """Which time, and in which form."""

    period = serializers.ChoiceField(
        choices=tuple(PERIOD_DAYS),
        default="all",
        help_text="The last 7, 30, 91 or 365 days, today included, or all time.",
    )
    format = serializers.ChoiceField(choices=FORMATS, default="json")
    theme = serializers.ChoiceField(
        choices=THEMES,
        default="auto",
        help_text="Of an image; `auto` lets an SVG follow the reader's setting, and is `light` for a PNG.",
    )


class DatasetOut(serializers.Serializer[Any]):
    """One line or row of bars."""

    label = serializers.CharField()  # type: ignore[assignment] # the base class has an attribute of that name
    data = serializers.ListField(  # type: ignore[assignment] # the base class has an attribute of that name
        child=serializers.FloatField(allow_null=True), help_text="A gap is null."
    )
    unit = serializers.CharField()


class ChartOut(serializers.Serializer[Any]):
    """A chart in the shape that Chart.js takes."""

    chart_type = serializers.CharField()
    title = serializers.CharField()
    period = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField())
    datasets = DatasetOut(many=True)
    description = serializers.CharField(
        help_text="What the chart shows, for those who cannot see it."
    )
