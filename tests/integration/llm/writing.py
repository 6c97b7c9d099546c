"""What a language model writes, when it does as it is told."""

import json
from typing import Any


def told(request: dict[str, Any]) -> dict[str, Any]:
    """Return the object that the model was told."""
    facts: dict[str, Any] = json.loads(request["messages"][1]["content"])
    return facts


def write_questions(request: dict[str, Any]) -> dict[str, Any]:
    """Write as many questions as are asked for."""
    wish = told(request)
    numbers = range(1, wish["num_questions"] + 1)
    return {"questions": [question(f"What makes query number {n} slow?") for n in numbers]}


def question(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "category": "technical",
        "difficulty": "medium",
        "time_limit": 120,
        "expected_keywords": ["index", "query"],
        "skills": ["SQL"],
        "answer_prototype": "I look at the plan and add an index.",
        "reference_points": ["names the plan"],
    }


def write_follow_up(request: dict[str, Any]) -> dict[str, Any]:
    """Follow up on the answer's first words."""
    words = told(request)["answer"].split()[:4]
    return {
        "quote": " ".join(words),
        "text": "What made you decide to go about it in that order?",
        "expected_keywords": ["risk", "order", "deadline"],
    }


def write_narrative(request: dict[str, Any]) -> dict[str, Any]:
    """Praise the first words of each answer, and write a sample for each question."""
    answers = told(request)["answers"]
    return {
        "remarks": [
            {
                "question": answer["question"],
                "kind": "strength",
                "quote": " ".join(answer["answer"].split()[:5]),
                "text": f"You begin answer {answer['question']} with the result, which is easy to follow.",
            }
            for answer in answers
        ],
        "samples": [
            {
                "question": answer["question"],
                "text": "I listed what was left, agreed on an order with the team and told the client what would come when.",
            }
            for answer in answers
        ],
    }
