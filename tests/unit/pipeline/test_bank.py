import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.bank import BankInvalid, load_bank, read_bank
from pipeline.stages.questions import CATEGORIES, DIFFICULTIES


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "key": "b-1",
        "text": "Tell me about yourself.",
        "category": "behavioral",
        "difficulty": "easy",
        "time_limit": 120,
        "skills": [],
        "roles": ["Any"],
        "expected_keywords": ["experience"],
        "answer_prototype": "I am.",
        "reference_points": ["Short"],
        "follow_ups": [],
        **fields,
    }


def write(folder: Path, *entries: Any, name: str = "a.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(list(entries)), encoding="utf-8")
    return file


class TestReadBank:
    def test_returns_frozen_entries(self, tmp_path: Path) -> None:
        other = write(tmp_path, entry(key="b-2", text="Why this job, and why now?"), name="b.json")

        first, second = read_bank([write(tmp_path, entry()), other])

        assert (first.key, first.roles, first.expected_keywords) == (
            "b-1",
            ("Any",),
            ("experience",),
        )
        assert second.key == "b-2"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"key": ""},
            {"key": "Has Blanks"},
            {"key": "k" * 81},
            {"text": "Short?"},
            {"category": "other"},
            {"difficulty": "extreme"},
            {"time_limit": 5},
            {"time_limit": "120"},
            {"expected_keywords": []},
            {"expected_keywords": ["a", "a"]},
            {"skills": "Python"},
            {"roles": [" "]},
            {"extra": 1},
        ],
    )
    def test_refuses_a_wrong_entry_by_file_and_place(
        self, tmp_path: Path, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(BankInvalid, match=r"a\.json: \$\[0\]"):
            read_bank([write(tmp_path, entry(**wrong))])

    @pytest.mark.parametrize("again", [{"key": "b-2"}, {"text": "Something else, please."}])
    def test_refuses_repeated_keys_and_texts(self, tmp_path: Path, again: dict[str, Any]) -> None:
        with pytest.raises(BankInvalid, match="must stand once"):
            read_bank([write(tmp_path, entry(), entry(**again))])

    def test_refuses_a_file_that_is_no_list_of_objects(self, tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        for text in ("{}", "[1]", "[", ""):
            file.write_text(text, encoding="utf-8")
            with pytest.raises(BankInvalid, match=r"a\.json"):
                read_bank([file])

    def test_refuses_to_be_empty(self) -> None:
        with pytest.raises(BankInvalid, match="no questions"):
            read_bank([])


class TestTheBuiltInBank:
    def test_has_questions_of_each_kind(self) -> None:
        kinds = {(question.category, question.difficulty) for question in load_bank()}

        assert kinds == {(category, level) for category in CATEGORIES for level in DIFFICULTIES}

    def test_fills_the_longest_interview_from_any_one_category(self) -> None:
        for category in CATEGORIES:
            assert sum(question.category == category for question in load_bank()) >= 20
