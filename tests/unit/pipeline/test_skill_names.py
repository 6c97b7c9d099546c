import pytest

from pipeline.questions.skills import ALIASES, RELATED, canonical, is_about, named_in, related


class TestSkillNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("postgres", "PostgreSQL"),
            ("K8s", "kubernetes"),
            ("JS", "JavaScript"),
            ("Node.js", "Node"),
            ("C#", "csharp"),
            ("CI/CD", "Continuous Integration"),
            ("REST APIs", "rest"),
            ("  machine-learning ", "ML"),
        ],
    )
    def test_are_the_same_in_other_words(self, one: str, other: str) -> None:
        assert canonical(one) == canonical(other)

    @pytest.mark.parametrize(
        ("one", "other"), [("C", "C++"), ("C", "C#"), ("Java", "JavaScript"), ("", "Go")]
    )
    def test_are_not_the_same_for_sharing_letters(self, one: str, other: str) -> None:
        assert canonical(one) != canonical(other)
        assert not is_about([other], one)

    def test_cover_their_kinds(self) -> None:
        assert is_about(["Python"], "Python 3.12")
        assert is_about(["SQL performance"], "sql")
        assert not is_about(["Python"], "PHP")
        assert not is_about([], "Python")

    def test_have_relations(self) -> None:
        assert related("FastAPI") == "python"
        assert related("Cobol") is None

    def test_lead_to_names_that_are_final(self) -> None:
        assert {canonical(name) for name in ALIASES.values()} == set(ALIASES.values())
        assert {canonical(name) for name in RELATED.values()} == set(RELATED.values())

    def test_are_found_in_a_text_in_its_order(self) -> None:
        known = ["Python", "PostgreSQL", "Go", "R", "C++", "Postgres"]
        text = "C++ first, then postgres (a must) and python; let's go, team R!"

        assert named_in(text, known) == ["C++", "PostgreSQL", "Python"]
        assert named_in("", known) == []

    def test_that_are_words_of_english_count_in_a_list_alone(self) -> None:
        known = ["Go", "Swift", "Spring", "Rust", "Performance", "C"]

        assert named_in("Services in Go, some Rust/Swift.", known) == ["Go", "Rust", "Swift"]
        assert named_in("Swift decisions from spring on. Go to market!", known) == []
        assert named_in("A performance bonus; vitamin C; performance tuning", known) == [
            "Performance"
        ]
