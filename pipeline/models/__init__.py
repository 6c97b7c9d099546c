"""Tables of the pipeline."""

from pipeline.models.llm import DailyTokens, LanguageModelCall, QuestionJob, SessionNarrative
from pipeline.models.runs import (
    EvaluationRecord,
    Judgement,
    Lease,
    PastEvaluation,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    Stage,
    StageRun,
    TranscriptRecord,
    WorkerHeartbeat,
)
from pipeline.models.usage import HourlyUse, WantedEvaluation

__all__ = [
    "DailyTokens",
    "EvaluationRecord",
    "HourlyUse",
    "Judgement",
    "LanguageModelCall",
    "Lease",
    "PastEvaluation",
    "PipelineRun",
    "QuestionJob",
    "SessionFeedback",
    "SessionNarrative",
    "SessionScore",
    "Stage",
    "StageRun",
    "TranscriptRecord",
    "WantedEvaluation",
    "WorkerHeartbeat",
]
