"""The examples of the OpenAPI document: the numbers of one short interview."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

QUESTION_ID: Final = "5d8f6f0e-7a0b-4a60-9a55-3f0d9c2b1a77"
UNDER_WAY: Final = {
    "status": "processing",
    "stage": "transcribe",
    "progress": 0.4,
    "queue_position": 0,
    "eta_seconds": 5.2,
}
QUOTE: Final = {"quote": "we planned every step together", "start": 12.4, "end": 14.1}


def requested(name: str, value: dict[str, Any]) -> OpenApiExample:
    """Return an example of a request."""
    return OpenApiExample(name, value=value, request_only=True)


def answered(name: str, value: dict[str, Any], *, status: int = 200) -> OpenApiExample:
    """Return an example of an answer."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


def under_way(finished: dict[str, Any]) -> OpenApiExample:
    """Return the example of the same result while it is being worked on."""
    kept = {"attempt": finished["attempt"]} if "attempt" in finished else {}
    nothing = dict.fromkeys(set(finished) - {"status"})
    return answered("Under way", {**nothing, **kept, **UNDER_WAY}, status=202)


GENERATE: Final = requested(
    "Five questions",
    {
        "num_questions": 5,
        "categories": ["behavioral", "technical", "situational"],
        "skills": ["Python", "FastAPI", "PostgreSQL"],
    },
)
GENERATED: Final = answered(
    "Questions",
    {
        "questions": [
            {
                "id": QUESTION_ID,
                "position": 1,
                "question_text": "Tell me about a challenging project you led.",
                "category": "behavioral",
                "difficulty": "medium",
                "time_limit": 120,
                "expected_keywords": ["challenge", "solution", "teamwork", "outcome"],
                "skills": [],
                "source": "bank",
                "selection_reason": "behavioral, medium",
                "parent_id": None,
                "answered": False,
                "attempt_count": 0,
            }
        ]
    },
    status=201,
)
FOLLOW_UP: Final = answered(
    "A prepared question",
    {
        "question": {
            "id": "0b2f6b0c-9a64-4f6b-9d0e-6f2a52f0d3c1",
            "position": 6,
            "question_text": "What did you learn about your own part in it?",
            "category": "behavioral",
            "difficulty": "medium",
            "time_limit": 90,
            "expected_keywords": [],
            "skills": [],
            "source": "bank",
            "selection_reason": "prepared for this question",
            "parent_id": QUESTION_ID,
            "answered": False,
            "attempt_count": 0,
        }
    },
    status=201,
)
TRANSCRIBE: Final = requested("English", {"language": "en"})
TRANSCRIPT: Final = {
    "transcript": "In my previous role we planned every step together.",
    "language": "en",
    "duration": 95.5,
    "confidence": 0.94,
    "word_count": 9,
    "segments": [
        {"start": 0.6, "end": 4.2, "text": "In my previous role we planned every step together."}
    ],
    "words": [{"word": "In", "start": 0.6, "end": 0.8, "probability": 0.97}],
    "model": "base (int8, cpu)",
    "scorable": True,
    "unsure_words": [],
    "edited": False,
    "original_transcript": None,
    "attempt": 1,
    "status": "completed",
}
CORRECTED: Final = {
    **TRANSCRIPT,
    "transcript": "In my previous role I planned every step together.",
    "edited": True,
    "original_transcript": TRANSCRIPT["transcript"],
    "difference": {
        "kept": 8,
        "removed": 1,
        "added": 1,
        "changes": [{"before": "we", "after": "I", "start": 1.8, "end": 1.9}],
    },
}
EVALUATE: Final = requested(
    "By these keywords",
    {"expected_keywords": ["challenge", "solution", "teamwork", "outcome", "learning"]},
)
EVALUATION: Final = {
    "relevance_score": 85.5,
    "grammar_score": 78.2,
    "fluency_score": 82.0,
    "keyword_score": 90.0,
    "overall_score": 84.1,
    "summary": "Good response with clear structure.",
    "suggestions": ["Consider adding more specific metrics"],
    "scorable": True,
    "reasons": [],
    "metrics": {"words": 156, "words_per_minute": 148.0},
    "explanations": [
        {
            "score": "keywords",
            "rule": "keyword_found",
            "value": 1.0,
            "unit": "credit",
            "points": 20.0,
            **QUOTE,
            "message": "You spoke about teamwork.",
        }
    ],
    "intervals": {"relevance": [79.0, 91.0]},
    "observations": {},
    "expected_keywords": ["challenge", "solution", "teamwork", "outcome", "learning"],
    "scorer_version": "1.0.0",
    "edited": False,
    "attempt": 1,
    "status": "completed",
}
PAST_EVALUATIONS: Final = {
    "evaluations": [
        {
            **{name: EVALUATION[name] for name in EVALUATION if name not in {"attempt", "status"}},
            "overall_score": 81.7,
            "scorer_version": "0.9.0",
            "language": "en",
            "replaced_because": "new_scorer",
            "evaluated_at": "2026-01-15T10:30:00Z",
            "replaced_at": "2026-02-01T08:00:00Z",
        }
    ]
}
SCORES: Final = {
    "total_score": 79.1,
    "letter_grade": "B+",
    "breakdown": {
        "relevance": {"raw": 82.0, "weighted": 28.7},
        "grammar": {"raw": 75.0, "weighted": 15.0},
        "fluency": {"raw": 80.0, "weighted": 20.0},
        "keywords": {"raw": 77.0, "weighted": 15.4},
    },
    "question_scores": [
        {
            "question_id": QUESTION_ID,
            "position": 1,
            "category": "behavioral",
            "attempt": 1,
            "scorable": True,
            "overall_score": 79.1,
            "relevance_score": 82.0,
            "grammar_score": 75.0,
            "fluency_score": 80.0,
            "keyword_score": 77.0,
        }
    ],
    "performance_summary": "Good: 79.1 of 100 over 1 graded of 5 asked.",
    "weights": {"relevance": 0.35, "grammar": 0.2, "fluency": 0.25, "keywords": 0.2},
    "category_scores": {"behavioral": 79.1},
    "answered": 1,
    "asked": 5,
    "status": "completed",
}
REMARK: Final = {**QUOTE, "question_id": QUESTION_ID}
FEEDBACK: Final = {
    "overall_rating": "Good",
    "summary": "Your interview performance was rated as Good with an overall score of 79.1/100.",
    "strengths": [
        {
            "category": "Relevance",
            "message": "Strong connection between responses and question requirements",
            **REMARK,
        }
    ],
    "weaknesses": [
        {
            "category": "Grammar",
            "message": "Some grammatical errors affected clarity",
            **REMARK,
        }
    ],
    "suggestions": [
        {
            "category": "Grammar",
            "message": "Pay attention to sentence structure and tense consistency",
            **REMARK,
        },
        {
            "category": "Practice",
            "message": "Practice mock interviews regularly to build confidence",
            "quote": "",
            "question_id": None,
            "start": None,
            "end": None,
        },
    ],
    "resources": [
        {
            "title": "Business English Communication",
            "type": "course",
            "url": "https://www.example.org/business-english",
            "category": "Grammar",
        }
    ],
    "readiness_score": 73,
    "readiness_level": "Almost Ready",
    "readiness": {"performance": 67.235, "coverage": 1.0, "practice": 5.0},
    "next_steps": ["Complete 2-3 more mock interview sessions", "Focus on grammar improvement"],
    "engine": "rules",
    "narrative": [],
    "model_answers": [
        {
            "question_id": QUESTION_ID,
            "text": "I found what held the project up, and agreed on a plan with the team.",
            "source": "bank",
        }
    ],
    "status": "completed",
}
