import json
import re
from collections import Counter
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from pipeline.questions.bank import BankInvalid, load_bank, read_bank
from pipeline.questions.job_description import COMPETENCY_WORDS
from pipeline.questions.selection import CATEGORIES, DIFFICULTIES
from pipeline.questions.skills import canonical
from pipeline.scoring.keywords.forms import stem
from pipeline.scoring.lexicon import FUNCTION_WORDS
from pipeline.scoring.transcript import plain_words


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "key": "b-1",
        "text": "Tell me about yourself.",
        "category": "behavioral",
        "difficulty": "easy",
        "time_limit": 120,
        "skills": [],
        "roles": ["Any"],
        "expected_keywords": ["experience", "role", "team", "goal"],
        "keyword_variants": {"goal": ["aim", "what I want next"]},
        "answer_prototype": "I am a teacher with six years of experience.",
        "reference_points": ["Names the role", "Names a result", "Names a goal"],
        "follow_ups": ["What brought you here?"],
        "competency": "self introduction",
        **fields,
    }


def write(folder: Path, *entries: Any, name: str = "a.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return file


class TestReadBank:
    def test_returns_frozen_entries_in_the_order_of_the_files(self, tmp_path: Path) -> None:
        other = write(tmp_path, entry(key="b-2", text="Why this job, and why now?"), name="b.jsonl")

        first, second = read_bank([write(tmp_path, entry()), other])

        assert (first.key, first.roles, first.competency) == ("b-1", ("Any",), "self introduction")
        assert first.expected_keywords == ("experience", "role", "team", "goal")
        assert first.keyword_variants == {"goal": ("aim", "what I want next")}
        assert second.key == "b-2"

    def test_ignores_blank_lines(self, tmp_path: Path) -> None:
        file = tmp_path / "a.jsonl"
        file.write_text(f"\n{json.dumps(entry())}\n  \n", encoding="utf-8")

        assert len(read_bank([file])) == 1

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
            {"expected_keywords": ["too", "few", "words"]},
            {"expected_keywords": ["a", "a", "b", "c"]},
            {"keyword_variants": {"team": []}},
            {"keyword_variants": {"stranger": ["unknown"]}},
            {"answer_prototype": ""},
            {"reference_points": ["One", "Two"]},
            {"follow_ups": []},
            {"skills": "Python"},
            {"roles": [" "]},
            {"competency": "Self-Introduction"},
            {"extra": 1},
        ],
    )
    def test_refuses_a_wrong_entry_by_file_and_line(
        self, tmp_path: Path, wrong: dict[str, Any]
    ) -> None:
        good = entry(key="b-2", text="Why this job, and why now?")

        with pytest.raises(BankInvalid, match=r"a\.jsonl, line 2: \$"):
            read_bank([write(tmp_path, good, entry(**wrong))])

    def test_wants_a_competency_of_behavioral_questions_alone(self, tmp_path: Path) -> None:
        bare = entry(category="technical")
        del bare["competency"]

        assert read_bank([write(tmp_path, bare)])[0].competency == ""
        with pytest.raises(BankInvalid, match="needs a competency"):
            read_bank([write(tmp_path, {**bare, "category": "behavioral"})])

    @pytest.mark.parametrize("again", [{"key": "b-2"}, {"text": "Something else, please."}])
    def test_refuses_repeated_keys_and_texts(self, tmp_path: Path, again: dict[str, Any]) -> None:
        with pytest.raises(BankInvalid, match="must stand once"):
            read_bank([write(tmp_path, entry(), entry(**again))])

    @pytest.mark.parametrize("line", [b"[]", b"1", b"{", b"# a remark", b"\xff"])
    def test_refuses_a_line_that_is_no_object(self, tmp_path: Path, line: bytes) -> None:
        file = tmp_path / "a.jsonl"
        file.write_bytes(line + b"\n")

        with pytest.raises(BankInvalid, match=r"a\.jsonl"):
            read_bank([file])

    def test_refuses_to_be_empty(self) -> None:
        with pytest.raises(BankInvalid, match="no questions"):
            read_bank([])


class TestTheBuiltInBank:
    def test_is_large_in_each_category_and_difficulty(self) -> None:
        kinds = Counter((question.category, question.difficulty) for question in load_bank())

        assert kinds.total() >= 500
        assert kinds.keys() == set(product(CATEGORIES, DIFFICULTIES))
        assert min(kinds.values()) >= 30

    def test_asks_about_each_competency_in_each_difficulty_but_a_few(self) -> None:
        behavioral = [question for question in load_bank() if question.category == "behavioral"]
        competencies = Counter(question.competency for question in behavioral)

        assert len(competencies) >= 20
        assert min(competencies.values()) >= 4
        assert competencies.keys() == COMPETENCY_WORDS.keys()  # or a job's text never leads there

    def test_asks_about_many_skills(self) -> None:
        skills = Counter(
            canonical(skill)
            for question in load_bank()
            if question.category == "technical"
            for skill in question.skills
        )

        assert sum(times >= 3 for times in skills.values()) >= 40

    def test_asks_nothing_twice_in_other_words(self) -> None:
        words = {
            question.key: {stem(word) for word in plain_words(question.text)} - FUNCTION_WORDS
            for question in load_bank()
        }

        alike = [
            (one, other)
            for one, other in combinations(words, 2)
            if len(words[one] & words[other]) > 0.6 * len(words[one] | words[other])
        ]

        assert alike == []

    def test_counts_no_word_for_two_keywords_of_a_question(self) -> None:
        for question in load_bank():
            keywords = {keyword.casefold() for keyword in question.expected_keywords}
            for keyword, variants in question.keyword_variants.items():
                others = keywords - {keyword.casefold()}
                assert others.isdisjoint(variant.casefold() for variant in variants), question.key

    def test_asks_nothing_that_an_employer_must_not(self) -> None:
        private = re.compile(
            r"\b(married|marriage|your (husband|wife|partner)|pregnan\w+|religio\w+|church|how old|your age"
            r"|nationality|political|sexual|disabled|your health|your children)\b",
            re.IGNORECASE,
        )

        asked = [
            text
            for question in load_bank()
            for text in (question.text, *question.follow_ups)
            if private.search(text)
        ]

        assert asked == []

    def test_begins_its_questions_in_many_ways(self) -> None:
        openings = Counter(
            " ".join(question.text.split()[:2])
            for question in load_bank()
            if question.category == "behavioral"
        )

        assert max(openings.values()) <= 0.3 * openings.total()
