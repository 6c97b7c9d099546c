from collections import Counter
from dataclasses import replace
from itertools import count, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.question_choice import difficulty_distance, role_fit, role_words
from pipeline.stages.questions import (
    CATEGORIES,
    DIFFICULTIES,
    BankQuestion,
    QuestionRequest,
    select_questions,
)
from pipeline.values import DraftQuestion

NUMBERS = count()


def entry(category: str = "behavioral", **fields: Any) -> BankQuestion:
    """Return a question with a key and a text of its own."""
    number = next(NUMBERS)
    made: dict[str, Any] = {
        "key": f"{category}-{number}",
        "text": f"Question number {number}?",
        "category": category,
        "difficulty": "medium",
        "time_limit": 120,
        "expected_keywords": ("result",),
        **fields,
    }
    return BankQuestion(**made)


BANK = tuple(
    entry(category, difficulty=difficulty, skills=skills if category == "technical" else ())
    for category, difficulty, skills in product(
        CATEGORIES, DIFFICULTIES, [(), ("Python",), ("PostgreSQL",), ("Kubernetes", "Docker")]
    )
    for _ in range(3)
)


def select(
    number: int = 5,
    bank: tuple[BankQuestion, ...] = BANK,
    *,
    seen: Any = (),
    seed: int = 1,
    **fields: Any,
) -> list[DraftQuestion]:
    request = QuestionRequest(num_questions=number, **fields)
    return select_questions(request=request, bank=bank, seen=seen, seed=seed)


def keys(drafts: list[DraftQuestion]) -> list[str]:
    return [draft.bank_key for draft in drafts]


class TestSelectQuestions:
    @given(
        number=st.integers(1, 20),
        categories=st.sets(st.sampled_from(CATEGORIES), min_size=1),
        skills=st.lists(st.sampled_from(["Python", "Postgres", "k8s", "Cobol", "!"]), max_size=4),
        difficulty=st.sampled_from(DIFFICULTIES),
        seed=st.integers(),
    )
    def test_returns_what_was_asked_for_evenly_and_without_repetition(
        self, number: int, categories: set[str], skills: list[str], difficulty: str, seed: int
    ) -> None:
        drafts = select(
            number,
            categories=tuple(sorted(categories)),
            skills=tuple(skills),
            difficulty=difficulty,
            seed=seed,
        )

        counted = Counter(draft.category for draft in drafts)
        assert len(drafts) == len(set(keys(drafts))) == number
        assert counted.keys() <= categories
        assert max(counted.values()) - min(counted[name] for name in categories) <= 1

    def test_is_the_same_for_the_same_seed_and_another_for_another(self) -> None:
        assert select(seed=7) == select(seed=7)
        assert len({tuple(keys(select(seed=seed))) for seed in range(10)}) > 5

    def test_does_not_depend_on_the_order_of_the_bank(self) -> None:
        assert select(bank=BANK[::-1]) == select()

    def test_takes_the_asked_difficulty_first_and_then_its_neighbours(self) -> None:
        bank = tuple(entry(difficulty=difficulty) for difficulty in ("easy", "medium", "hard"))

        asked = [
            [
                draft.difficulty
                for draft in select(3, bank, categories=("behavioral",), difficulty=d)
            ]
            for d in ("easy", "hard")
        ]

        assert asked == [["easy", "medium", "hard"], ["hard", "medium", "easy"]]

    def test_goes_round_the_asked_skills(self) -> None:
        drafts = select(6, categories=("technical",), skills=("postgres", "K8s", "Python 3.12"))

        about = [draft.skills[0] for draft in drafts]
        assert about == ["PostgreSQL", "Kubernetes", "Python"] * 2

    def test_takes_the_nearest_skill_for_one_that_the_bank_does_not_know(self) -> None:
        (draft,) = select(1, categories=("technical",), skills=("FastAPI",))

        assert draft.skills == ("Python",)
        assert "about Python, the nearest to FastAPI" in draft.selection_reason

    def test_asks_generally_when_no_skill_is_known(self) -> None:
        bank = (
            entry("technical", skills=("Python",), roles=("Data Engineer",)),
            entry("technical", skills=("Soldering",), roles=("Welder",)),
            entry("technical"),
        )

        drafts = select(
            3, bank, categories=("technical",), skills=("Cobol",), target_role="Senior Welder"
        )

        assert keys(drafts) == [bank[1].key, bank[2].key, bank[0].key]

    def test_asks_generally_when_the_skill_has_run_out(self) -> None:
        bank = (
            entry("technical", skills=("Python",)),
            entry("technical", skills=("PHP",)),
            entry("technical"),
        )

        drafts = select(3, bank, categories=("technical",), skills=("Python",))

        assert keys(drafts) == [bank[0].key, bank[2].key, bank[1].key]
        assert "no other question about Python" in drafts[1].selection_reason

    def test_reads_the_skills_from_the_job_description_when_none_is_named(self) -> None:
        text = "You know k8s inside out. Some experience with Postgres; we go the extra mile."

        drafts = select(2, categories=("technical",), job_description=text)

        assert [draft.skills[0] for draft in drafts] == ["Kubernetes", "PostgreSQL"]

    def test_prefers_the_role_and_leaves_other_peoples_questions_for_last(self) -> None:
        bank = (
            entry(roles=("Nurse",)),
            entry(roles=("Backend Engineer", "Data Engineer")),
            entry(),
        )

        drafts = select(3, bank, categories=("behavioral",), target_role="Senior Data Engineer")

        assert keys(drafts) == [bank[1].key, bank[2].key, bank[0].key]
        assert "for the role Senior Data Engineer" in drafts[0].selection_reason

    def test_takes_a_neighbouring_difficulty_before_another_profession(self) -> None:
        bank = (entry(roles=("Nurse",)), entry(difficulty="hard"))

        (draft,) = select(1, bank, categories=("behavioral",), target_role="Data Engineer")

        assert draft.bank_key == bank[1].key
        assert "no medium one was left" in draft.selection_reason

    def test_brings_no_question_back_while_others_are_left(self) -> None:
        seen: list[str] = []
        for seed in range(len(BANK) // 12):
            drafts = select(12, seen=seen, seed=seed, skills=("Python",))
            assert not set(keys(drafts)) & set(seen)
            seen += keys(drafts)

        again = select(12, seen=seen, skills=("Python",))

        assert len(seen) == len(set(seen)) == len(BANK)
        assert len(again) == 12
        assert all("asked before" in draft.selection_reason for draft in again)

    def test_knows_a_seen_question_by_its_text_too(self) -> None:
        bank = (entry(), entry())

        (draft,) = select(1, bank, categories=("behavioral",), seen={bank[0].text})

        assert draft.bank_key == bank[1].key

    def test_asks_no_two_questions_of_the_same_words(self) -> None:
        first = entry(text="What is a Deadlock?")
        bank = (first, replace(first, key="other", text="what is a deadlock"))

        assert len(select(2, bank, categories=("behavioral",))) == 1

    def test_fills_up_from_other_categories_when_one_runs_dry(self) -> None:
        bank = (entry("technical"), *(entry() for _ in range(5)))

        counted = Counter(draft.category for draft in select(6, bank))

        assert counted == {"technical": 1, "behavioral": 5}

    def test_returns_fewer_when_there_are_no_more(self) -> None:
        assert len(select(20, (entry(), entry("technical")))) == 2
        assert select(5, ()) == []
        assert select(5, (entry("technical"),), categories=("behavioral",)) == []

    def test_carries_what_the_judges_need(self) -> None:
        bank = (
            entry(
                expected_keywords=("a", "b"),
                answer_prototype="I did.",
                reference_points=("One",),
                time_limit=90,
            ),
        )

        (draft,) = select(1, bank)

        assert (draft.expected_keywords, draft.answer_prototype) == (("a", "b"), "I did.")
        assert (draft.reference_points, draft.time_limit) == (("One",), 90)
        assert (draft.source, draft.text) == ("bank", bank[0].text)
        assert draft.selection_reason.startswith("behavioral, medium")

    def test_keeps_the_reason_short_enough_for_its_column(self) -> None:
        role, skill = "r" * 150, "Python " + "s" * 200

        drafts = select(20, skills=(skill,), target_role=role, seen=[item.key for item in BANK])

        assert max(len(draft.selection_reason) for draft in drafts) <= 300


class TestRoleFit:
    @pytest.mark.parametrize(
        ("roles", "wanted", "sign"),
        [
            ((), "Nurse", 0),
            (("Any",), "Nurse", 0),
            (("Nurse",), "", 0),
            (("Nurse",), "Senior Engineer", 0),
            (("Nurse",), "Head Nurse", 1),
            (("Front-end Developer",), "Frontend Engineer", 1),
            (("QA Engineer",), "Software Tester", 1),
            (("Nurse",), "Data Engineer", -1),
        ],
    )
    def test_is_positive_for_ones_own_and_negative_for_others(
        self, roles: tuple[str, ...], wanted: str, sign: int
    ) -> None:
        fit = role_fit(roles, role_words(wanted))

        assert (fit > 0) - (fit < 0) == sign

    def test_is_best_for_the_same_role(self) -> None:
        wanted = role_words("Data Engineer")

        assert role_fit(("Data Engineer",), wanted) > role_fit(("Data Scientist",), wanted) > 0


def test_difficulties_are_neighbours() -> None:
    assert [difficulty_distance("easy", other) for other in DIFFICULTIES] == [0, 1, 2]
