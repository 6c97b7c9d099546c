from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count, product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.ports import Judges, Token
from pipeline.domain.values import DraftQuestion
from pipeline.questions.bank import load_bank
from pipeline.questions.job_description import JobText, read_job_text
from pipeline.questions.roles import role_fit, role_words
from pipeline.questions.selection import (
    CATEGORIES,
    DIFFICULTIES,
    NO_JUDGES,
    BankQuestion,
    QuestionRequest,
    difficulty_distance,
    select_questions,
)
from pipeline.questions.slots import PastScore, find_weak_spots

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
    weak: Mapping[str, float] | None = None,
    judges: Judges = NO_JUDGES,
    **fields: Any,
) -> list[DraftQuestion]:
    request = QuestionRequest(num_questions=number, **fields)
    return select_questions(
        request=request, bank=bank, seen=seen, seed=seed, weak=weak, judges=judges
    )


def keys(drafts: list[DraftQuestion]) -> list[str]:
    return [draft.bank_key for draft in drafts]


class Directions:
    """An encoder that knows the directions of a few names, and another for all others."""

    def __init__(self, known: Mapping[str, tuple[float, float]]) -> None:
        self._known = known

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        return [list(self._known.get(sentence, (0.0, -1.0))) for sentence in sentences]


class Verbs:
    """A parser that takes these words for verbs and all others for nouns."""

    def __init__(self, *verbs: str) -> None:
        self._verbs = verbs

    def parse(self, text: str) -> list[Token]:
        words = text.casefold().replace(".", " ").replace(":", " ").split()
        return [
            Token(word, word, "VERB" if word in self._verbs else "NOUN", 0, 0, is_stop=False)
            for word in words
        ]


def with_encoder(known: Mapping[str, tuple[float, float]]) -> Judges:
    return Judges(encoder=Directions(known), parser=None, grammar=None)


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

    def test_rather_asks_again_than_about_another_profession(self) -> None:
        bank = (entry(roles=("Nurse",)), entry(roles=("Welder",)))

        (draft,) = select(
            1, bank, categories=("behavioral",), target_role="Nurse", seen={bank[0].key}
        )

        assert draft.bank_key == bank[0].key
        assert "asked before, as all others that suit were too" in draft.selection_reason

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


class TestSelectionFromTheBuiltInBank:
    """What a candidate lives through, with the questions that the product ships."""

    def test_asks_nothing_twice_in_a_thousand_sessions_and_spreads_their_categories(self) -> None:
        chance = Random(7)  # noqa: S311 - variety, no secret
        bank = load_bank()
        roles = ["", "Welder", *sorted({role for question in bank for role in question.roles})]
        skills = ["Cobol", *sorted({skill for question in bank for skill in question.skills})]

        for seed in range(1000):
            categories = tuple(chance.sample(CATEGORIES, chance.randint(1, 3)))
            number = chance.randint(1, 12)
            drafts = select(
                number,
                bank,
                seed=seed,
                categories=categories,
                skills=tuple(chance.sample(skills, chance.randint(0, 5))),
                difficulty=chance.choice(DIFFICULTIES),
                target_role=chance.choice(roles),
            )

            counted = Counter(draft.category for draft in drafts)
            assert len({draft.text for draft in drafts}) == len(set(keys(drafts))) == number
            assert max(counted.values()) - min(counted[name] for name in categories) <= 1

    @pytest.mark.parametrize(
        ("role", "skills", "number"),
        [
            ("Backend Engineer", ("Python", "SQL"), 5),
            ("Backend Engineer", ("Rust",), 10),
            ("Nurse", (), 5),
            ("Nurse", (), 10),
            ("Welder", ("Welding",), 5),
        ],
    )
    def test_repeats_in_twelve_sessions_only_when_what_suits_the_role_is_used_up(
        self, role: str, skills: tuple[str, ...], number: int
    ) -> None:
        bank = load_bank()
        suits = {
            entry.key for entry in bank if role_fit(entry.roles, role_words(role)) >= 0
        }  # for the role or for everybody
        sessions: list[list[str]] = []

        for seed in range(12):
            seen = {key for session in sessions[-10:] for key in session}
            drafts = select(number, bank, seed=seed, seen=seen, skills=skills, target_role=role)
            sessions.append(keys(drafts))
            for category in {draft.category for draft in drafts if draft.bank_key in seen}:
                pool = {entry.key for entry in bank if entry.category == category}
                assert pool & suits <= seen | set(sessions[-1])

    def test_asks_about_different_competencies(self) -> None:
        bank = load_bank()
        competency = {entry.key: entry.competency for entry in bank}

        drafts = select(20, bank, categories=("behavioral",))

        assert len({competency[draft.bank_key] for draft in drafts}) == 20

    def test_asks_nobody_about_another_profession_while_there_is_something_else(self) -> None:
        bank = {entry.key: entry for entry in load_bank()}

        for role in ("Nurse", "Python Developer", "Marketing Manager", "Welder"):
            drafts = select(9, tuple(bank.values()), target_role=role)

            wanted = role_words(role)
            assert all(role_fit(bank[draft.bank_key].roles, wanted) >= 0 for draft in drafts)


class TestWeakSpots:
    def test_draw_the_choice_to_what_needs_practice_and_say_so(self) -> None:
        bank = tuple(entry(competency=name) for name in ("conflict", "failure", "ethics"))

        drafts = select(
            2,
            bank,
            categories=("behavioral",),
            weak={"ethics": 31.4, "failure": 59, "conflict": 80},
        )

        assert keys(drafts) == [bank[2].key, bank[1].key]
        assert "to practice ethics, so far 31 of 100" in drafts[0].selection_reason

    def test_come_first_among_the_asked_skills(self) -> None:
        drafts = select(
            2,
            categories=("technical",),
            skills=("Python", "Postgres", "K8s"),
            weak={"kubernetes": 20.0, "PostgreSQL": 40.0},
        )

        assert [draft.skills[0] for draft in drafts] == ["Kubernetes", "PostgreSQL"]

    @pytest.mark.parametrize(
        ("weak", "category"),
        [
            ({}, "behavioral"),
            ({"situational": 40.0}, "situational"),
            ({"keywords": 40.0}, "technical"),
            ({"situational": 90.0, "technical": 55.0}, "technical"),
        ],
    )
    def test_get_the_question_that_is_over(self, weak: dict[str, float], category: str) -> None:
        counted = Counter(draft.category for draft in select(4, weak=weak))

        assert counted == {**dict.fromkeys(CATEGORIES, 1), category: 2}

    def test_are_the_means_below_the_threshold(self) -> None:
        bank = (entry(competency="conflict"), entry("technical", skills=("Postgres",)))
        past = [
            PastScore(bank[0].key, "behavioral", (), 70.0),
            PastScore(bank[0].key, "behavioral", (), 40.0),
            PastScore("", "technical", ("Postgres", "Python"), 30.0),
            PastScore("", "technical", ("Python",), 95.0),
        ]

        assert find_weak_spots(past, bank=bank) == {
            "behavioral": 55.0,
            "conflict": 55.0,
            "postgresql": 30.0,
        }


class TestJobText:
    TEXT = """You lead a small team and negotiate contracts with suppliers. You know k8s and Rust.
    Sales leads are not your business. Train to work: ten minutes."""

    def test_names_skills_and_duties_by_its_words(self) -> None:
        job = read_job_text(self.TEXT, known_skills=["Kubernetes", "Rust", "Python"])

        assert job.skills == ("Kubernetes", "Rust")
        assert {"leadership", "negotiation", "teamwork"} <= set(job.competencies)

    def test_takes_duties_for_verbs_when_there_is_a_parser(self) -> None:
        job = read_job_text(self.TEXT, known_skills=[], parser=Verbs("lead", "negotiate", "know"))

        assert job.competencies == ("negotiation", "leadership", "teamwork")

    def test_may_be_missing(self) -> None:
        assert read_job_text("  ", known_skills=["Python"]) == JobText()

    def test_leads_to_the_competencies_it_asks_for(self) -> None:
        bank = tuple(entry(competency=name) for name in ("conflict", "failure", "mentoring"))

        (draft,) = select(
            1, bank, categories=("behavioral",), job_description="You coach new colleagues."
        )

        assert draft.bank_key == bank[2].key
        assert "about mentoring, which the job asks for" in draft.selection_reason

    def test_puts_first_what_both_the_candidate_and_the_job_name(self) -> None:
        drafts = select(
            3,
            categories=("technical",),
            skills=("Python", "Kubernetes"),
            job_description="We use PostgreSQL and Kubernetes.",
        )

        assert [draft.skills[0] for draft in drafts] == ["Kubernetes", "Python", "PostgreSQL"]
        assert "about PostgreSQL, which the job asks for" in drafts[2].selection_reason

    def test_draws_from_a_long_profile_what_the_job_asks_for_too(self) -> None:
        for seed in range(10):
            (draft,) = select(
                1, categories=("technical",), skills=("Python", "Docker", "Postgres"), seed=seed,
                job_description="PostgreSQL is a must, Kubernetes a plus.",
            )  # fmt: skip

            assert draft.skills == ("PostgreSQL",)

    def test_names_no_skill_of_another_profession(self) -> None:
        bank = (
            entry("technical", skills=("Sales",), roles=("Sales Manager",)),
            entry("technical", skills=("Python",), roles=("Software Engineer",)),
        )

        (draft,) = select(
            1, bank, categories=("technical",), target_role="Software Engineer",
            job_description="Our sales are up; you write Python.",
        )  # fmt: skip

        assert draft.bank_key == bank[1].key


class TestSkills:
    def test_unknown_to_the_bank_are_answered_by_the_nearest_that_the_encoder_finds(self) -> None:
        judges = with_encoder({"Cobol": (1.0, 0.0), "Python": (0.8, 0.6), "PostgreSQL": (0.0, 1.0)})

        (draft,) = select(1, categories=("technical",), skills=("Cobol",), judges=judges)

        assert draft.skills == ("Python",)
        assert "about Python, the nearest to Cobol" in draft.selection_reason

    def test_are_left_aside_when_nothing_is_near(self) -> None:
        judges = with_encoder({"Cobol": (1.0, 0.0)})

        (draft,) = select(1, categories=("technical",), skills=("Cobol",), judges=judges)

        assert "Cobol" not in draft.selection_reason

    def test_that_are_soft_choose_the_competency(self) -> None:
        bank = (
            *(entry(competency=name) for name in ("conflict", "prioritization")),
            entry("technical", skills=("Incident Communication",), roles=("Support Agent",)),
            entry("technical", skills=("Python",), roles=("Software Engineer",)),
        )

        drafts = select(
            2, bank, categories=("behavioral", "technical"), target_role="Software Engineer",
            skills=("Time management", "Communication"),
        )  # fmt: skip

        assert keys(drafts) == [bank[1].key, bank[3].key]
        assert "about prioritization, which is among the skills" in drafts[0].selection_reason

    def test_of_a_long_profile_all_have_their_turn(self) -> None:
        skills = ("Python", "PostgreSQL", "Kubernetes")

        asked = {
            select(1, categories=("technical",), skills=skills, seed=seed)[0].skills[0]
            for seed in range(20)
        }

        assert asked == set(skills)


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
            (("Finance Manager",), "Marketing Manager", -1),
            (("Manager",), "Marketing Manager", 1),
            (("Software Engineer",), "Python Developer", 1),
            (("Software Engineer",), "Developer", 1),
            (("Registered Nurse",), "Midwife", 1),
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
