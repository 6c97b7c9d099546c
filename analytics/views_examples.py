"""Answers shown in the API's documentation. The numbers of the dashboard are those of the order."""

from drf_spectacular.utils import OpenApiExample

DASHBOARD_EXAMPLE = OpenApiExample(
    "After a dozen interviews",
    value={
        "total_interviews": 12,
        "total_questions": 48,
        "average_score": 76.3,
        "best_score": 89.2,
        "recent_score": 78.5,
        "total_practice_time": 240.0,
        "improvement_rate": 8.5,
        "current_streak": 3,
        "longest_streak": 7,
        "skills_breakdown": {
            "relevance": 80.2,
            "grammar": 72.5,
            "fluency": 78.0,
            "keywords": 74.8,
        },
        "category_scores": {"behavioral": 82.0, "technical": 74.5, "situational": 77.8},
        "skill_areas": [{"kind": "skill", "name": "Python", "score": 84.1, "answers": 9}],
        "strongest_areas": [{"kind": "skill", "name": "Python", "score": 84.1, "answers": 9}],
        "weakest_areas": [{"kind": "metric", "name": "grammar", "score": 72.5, "answers": 48}],
        "delivery_trends": [
            {
                "measure": "Fillers",
                "unit": "per 100 words",
                "mean": 3.1,
                "earlier": 4.2,
                "recent": 2.0,
                "verdict": "better",
            }
        ],
        "recurring_mistakes": [
            {
                "metric": "grammar",
                "rule": "agreement",
                "answers": 7,
                "sessions": 5,
                "example": {
                    "session_id": "5f0f6ad3-4b0b-4ad5-9f5e-6f5c0b1f4f0e",
                    "question_id": "0a0c7c3e-6b3f-4a46-8f6d-2f1c1f0f7a11",
                    "quote": "the tests was green",
                    "start": 31.4,
                    "end": 32.6,
                    "message": "The verb does not agree with its subject. Say \u201cwere\u201d.",
                },
            }
        ],
        "practise_next": [
            {
                "focus": "grammar",
                "action": "Say each corrected sentence aloud three times, then answer a similar question.",
                "reason": "Your lowest metric is grammar: 72.5 of 100 over 48 answers.",
            }
        ],
    },
    response_only=True,
)
CHART_EXAMPLE = OpenApiExample(
    "Scores of three sessions",
    value={
        "chart_type": "score_trend",
        "title": "Score of each session",
        "period": "month",
        "labels": ["2026-03-02", "2026-03-09", "2026-03-11"],
        "datasets": [
            {"label": "Session score", "data": [70.5, 74.0, 78.5], "unit": "points of 100"},
            {"label": "Mean of the last 5", "data": [70.5, 72.2, 74.3], "unit": "points of 100"},
        ],
        "description": "Sessions in the last 30 days: 3 scored, from 70.5 to 78.5, latest 78.5.",
    },
    response_only=True,
    media_type="application/json",
)
COMPARISON_EXAMPLE = OpenApiExample(
    "Two attempts at one question",
    value={
        "kind": "attempts",
        "before": {
            "id": "9b2f5c1e-8f0e-4c0c-9a56-0d3f0c2f7a01",
            "label": "Attempt 1",
            "at": "2026-03-09T18:02:11Z",
        },
        "after": {
            "id": "1d8f2a5b-7c3e-4f6b-8a1d-6e5c4b3a2f10",
            "label": "Attempt 2",
            "at": "2026-03-09T18:09:40Z",
        },
        "scores": [
            {
                "name": "overall",
                "unit": "points of 100",
                "before": 66.8,
                "after": 75.1,
                "change": 8.3,
            }
        ],
        "delivery": [
            {
                "name": "Fillers",
                "unit": "per 100 words",
                "before": 6.1,
                "after": 2.4,
                "change": -3.7,
            }
        ],
        "mistakes_gone": ["fluency:fillers"],
        "mistakes_new": [],
        "words": {
            "kept": 88,
            "removed": 21,
            "added": 34,
            "changes": [{"before": "um it was fine", "after": "we cut the cost by a third"}],
            "sentence": (
                "88 of 122 words stayed. New: \u201cwe cut the cost by a third\u201d. "
                "Left out: \u201cum it was fine\u201d."
            ),
        },
        "summary": [
            "The score went up by 8.3, from 66.8 to 75.1.",
            "Most was gained in fluency: +19.0.",
        ],
    },
    response_only=True,
)
