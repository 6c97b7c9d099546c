"""Which questions are asked: chosen from the bank, or written by a language model and checked."""

from pipeline.stages.question_choice import select_questions
from pipeline.stages.question_prompt import SCHEMA_NAME, parse_questions, question_prompt
from pipeline.stages.question_request import (
    CATEGORIES,
    DIFFICULTIES,
    BankQuestion,
    QuestionRequest,
)

__all__ = [
    "CATEGORIES",
    "DIFFICULTIES",
    "SCHEMA_NAME",
    "BankQuestion",
    "QuestionRequest",
    "parse_questions",
    "question_prompt",
    "select_questions",
]
