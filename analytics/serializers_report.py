"""What may come in about a report, and what goes out."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from analytics.report import Report
from analytics.serializers import ChartOut
from pipeline.api.serializers import SettledOut, UnderWayOut, text
from pipeline.api.serializers import score as points
from sessions.models import Category, Difficulty

FORMATS = ("json", "html", "pdf", "md")


class ReportIn(serializers.Serializer[Any]):
    """As what the report is wanted."""

    format = serializers.ChoiceField(choices=FORMATS, default="json")


class ReasonOut(serializers.Serializer[Any]):
    """Why a score is what it is, with the words that show it."""

    message = serializers.CharField()
    points = serializers.FloatField(help_text="Effect on the score, of 100.")
    quote = serializers.CharField(allow_blank=True)
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")


class ReportScoreOut(serializers.Serializer[Any]):
    """One score of an answer."""

    name = serializers.CharField()
    score = points()
    low = points("The lower bound of the score.")
    high = points("The upper bound of the score.")
    reasons = ReasonOut(many=True, help_text="Those that weigh most.")


class ReportAnswerOut(serializers.Serializer[Any]):
    """What was asked, what was said, and what was made of it."""

    question_id = serializers.UUIDField()
    position = serializers.IntegerField()
    question = serializers.CharField()
    category = serializers.ChoiceField(choices=Category.choices)
    attempt = serializers.IntegerField(allow_null=True, help_text="Null where none was judged.")
    transcript = serializers.CharField(allow_blank=True)
    edited = serializers.BooleanField(help_text="Whether the transcript was put right.")
    overall_score = points()
    scores = ReportScoreOut(many=True)
    summary = serializers.CharField(allow_blank=True)
    suggestions = serializers.ListField(child=serializers.CharField())
    model_answer = serializers.CharField(allow_blank=True)
    trouble = serializers.CharField(allow_blank=True, help_text="Why there is no score.")


class MetricShareLineOut(serializers.Serializer[Any]):
    """One metric's share of the total."""

    name = serializers.CharField()
    raw = points()
    weight = serializers.FloatField()
    weighted = serializers.FloatField()


class PointOut(serializers.Serializer[Any]):
    """A strength, a weakness or a suggestion."""

    category = serializers.CharField()
    message = serializers.CharField()
    quote = serializers.CharField(allow_blank=True)
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")


class PageOut(serializers.Serializer[Any]):
    """A public page worth reading."""

    title = serializers.CharField()
    url = serializers.URLField()


class ReportFields(serializers.Serializer[Any]):
    """A session as one document to hand on."""

    title = text()
    candidate = text("Null, too, where the name is not to be told.")
    target_role = text()
    target_company = text()
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, allow_null=True)
    language = text()
    held_on = serializers.DateField(allow_null=True)
    total_score = points()
    letter_grade = text()
    overall_rating = text()
    readiness_score = serializers.IntegerField(allow_null=True)
    readiness_level = text()
    answered = serializers.IntegerField(allow_null=True)
    asked = serializers.IntegerField(allow_null=True)
    summary = text()
    metrics = MetricShareLineOut(many=True, allow_null=True)
    charts = ChartOut(many=True, allow_null=True)
    answers = ReportAnswerOut(many=True, allow_null=True)
    strengths = PointOut(many=True, allow_null=True)
    weaknesses = PointOut(many=True, allow_null=True)
    suggestions = PointOut(many=True, allow_null=True)
    narrative = PointOut(many=True, allow_null=True)
    next_steps = serializers.ListField(child=serializers.CharField(), allow_null=True)
    resources = PageOut(many=True, allow_null=True)


class ReportOut(ReportFields, SettledOut):
    """A report that is there, or failed."""


class ReportUnderWayOut(ReportFields, UnderWayOut):
    """A report whose results are being made."""


def report_body(report: Report) -> dict[str, Any]:
    """Return the documented fields of a report."""
    return dict(ReportFields(asdict(report)).data)
