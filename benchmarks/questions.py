"""
Are the chosen technical questions about what was asked? Forty role and skill requests, judged by the bank's own labels.

`python benchmarks/questions.py`; it also counts the bank, repetitions over sessions in a row, and the time of a choice.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

from pipeline.domain.ports import Judges  # noqa: E402 - likewise
from pipeline.domain.values import DraftQuestion  # noqa: E402 - likewise
from pipeline.providers.nlp.minilm import MiniLmEncoder  # noqa: E402 - likewise
from pipeline.questions.bank import load_bank  # noqa: E402 - needs the path above
from pipeline.questions.selection import CATEGORIES, BankQuestion, QuestionRequest, select_questions  # noqa: E402 - likewise
from pipeline.questions.skills import canonical  # noqa: E402 - likewise

SEEDS = range(5)
QUESTIONS = 6  # technical ones a request
GOAL = 0.90  # of them name or require the asked skill
SESSIONS = 12  # in a row
REMEMBERED = 10  # sessions


@dataclass(frozen=True)
class Probe:
    """A request, and the labels of questions that answer it."""

    role: str
    skills: tuple[str, ...]
    labels: frozenset[str]  # canonical names of skills of the bank


def probe(role: str, skills: str, labels: str) -> Probe:
    """Return the request written in a line; names are separated by semicolons."""
    return Probe(role, tuple(skills.split("; ")), frozenset(map(canonical, labels.split("; "))))


# Some skills are spelled as people do, some are unknown to the bank: then the labels are what they are a kind of.
PROBES = (
    probe("Backend Engineer", "Python", "Python"),
    probe("Backend Engineer", "Django; Postgres", "Django; PostgreSQL"),
    probe("Backend Engineer", "golang", "Go"),
    probe("Backend Engineer", "Java; Spring Boot", "Java; Spring"),
    probe("Backend Engineer", "Node; REST APIs", "Node.js; REST API design"),
    probe("Backend Engineer", "FastAPI; Redis; Celery", "FastAPI; Redis; Celery"),
    probe("Software Engineer", "C++", "C++"),
    probe("Software Engineer", "Rust; Concurrency", "Rust; Concurrency"),
    probe("Software Engineer", "csharp", "C#"),
    probe("Software Engineer", "Ruby on Rails", "Ruby; Rails"),
    probe("Software Engineer", "PHP; MySQL", "PHP; MySQL"),
    probe("Software Engineer", "System design; Distributed systems", "System design; Distributed systems"),
    probe("Software Engineer", "git", "Git"),
    probe("Frontend Developer", "JS; React", "JavaScript; React"),
    probe("Frontend Developer", "Vue.js; TypeScript", "Vue; TypeScript"),
    probe("Frontend Developer", "HTML; CSS; Accessibility", "HTML/CSS; Accessibility"),
    probe("Frontend Engineer", "Angular; Web performance", "Angular; Web performance"),
    probe("Full Stack Developer", "GraphQL; MongoDB", "GraphQL; MongoDB"),
    probe("Mobile Developer", "Swift", "Swift"),
    probe("Android Developer", "Kotlin", "Kotlin"),
    probe("DevOps Engineer", "k8s; Docker", "Kubernetes; Docker"),
    probe("DevOps Engineer", "CI/CD; Terraform", "CI/CD; Terraform"),
    probe("Site Reliability Engineer", "Linux; Observability", "Linux; Observability"),
    probe("Cloud Engineer", "AWS; Networking", "AWS; Networking"),
    probe("Security Engineer", "Security", "Security"),
    probe("QA Engineer", "Testing", "Testing"),
    probe("Data Engineer", "SQL; Kafka", "SQL; Kafka"),
    probe("Data Engineer", "Airflow; Hadoop", "Airflow; Data engineering"),
    probe("Data Scientist", "Machine learning; Statistics", "Machine learning; Statistics"),
    probe("Machine Learning Engineer", "PyTorch; MLOps", "Machine learning; Deep learning; MLOps"),
    probe("Data Analyst", "Data analysis; SQL", "Data Analysis; SQL"),
    probe("Sales Representative", "Sales", "Sales"),
    probe("Registered Nurse", "Nursing", "Nursing"),
    probe("Primary School Teacher", "Teaching", "Teaching"),
    probe("Accountant", "Accounting", "Accounting"),
    probe("Customer Support Specialist", "Customer support", "Customer Support"),
    probe("Digital Marketer", "Marketing", "Marketing"),
    probe("HR Manager", "Human resources", "Human Resources"),
    probe("Operations Manager", "Supply chain", "Supply Chain"),
    probe("Product Manager", "Product management", "Product Management"),
)  # fmt: skip


def main() -> int:
    """Measure and print; return 1 when the goal is missed."""
    bank = load_bank()
    judges = Judges(encoder=MiniLmEncoder(), parser=None, grammar=None)
    say(count_bank(bank))
    shares = [show_probe(one, bank, judges) for one in PROBES]
    share = sum(shares) / len(shares)
    say(f"| **all {len(PROBES)}** | | **{share:.0%}** | {min(shares):.0%} at least |")
    say(f"\nRepeated in {SESSIONS} sessions in a row: {count_repeated(bank)}")
    say(f"Time of a choice of 5: {milliseconds(bank):.0f} ms")
    return 0 if share >= GOAL else 1


def count_bank(bank: Sequence[BankQuestion]) -> str:
    """Return a table of how many questions there are, and the head of the next one."""
    count = Counter((question.category, question.difficulty) for question in bank)
    rows = [
        f"| {category} | {' | '.join(str(count[category, level]) for level in ('easy', 'medium', 'hard'))} |"
        for category in CATEGORIES
    ]
    skills = {skill for question in bank for skill in question.skills}
    roles = {role for question in bank for role in question.roles}
    competencies = {question.competency for question in bank if question.competency}
    return "\n".join(
        (
            f"{len(bank)} questions, {len(competencies)} competencies, {len(skills)} skills, {len(roles)} roles\n",
            "| category | easy | medium | hard |\n|---|---|---|---|",
            *rows,
            "\n| role | skills asked for | about them | |\n|---|---|---|---|",
        )
    )


def show_probe(one: Probe, bank: Sequence[BankQuestion], judges: Judges) -> float:
    """Print the request's line; return the share of questions that carry one of its labels."""
    drafts = [draft for seed in SEEDS for draft in choose(one, bank, judges, seed=seed)]
    others = [draft for draft in drafts if one.labels.isdisjoint(map(canonical, draft.skills))]
    hits = len(drafts) - len(others)
    strangers = Counter(draft.skills[0] if draft.skills else "general" for draft in others)
    missed = ", ".join(f"{name} {times}" for name, times in strangers.most_common(3))
    say(f"| {one.role} | {', '.join(one.skills)} | {hits / len(drafts):.0%} | {missed} |")
    return hits / len(drafts)


def choose(
    one: Probe, bank: Sequence[BankQuestion], judges: Judges, *, seed: int
) -> list[DraftQuestion]:
    """Return technical questions for the request."""
    request = QuestionRequest(
        num_questions=QUESTIONS,
        categories=("technical",),
        skills=one.skills,
        target_role=one.role,
    )
    return select_questions(request=request, bank=bank, seen=(), seed=seed, judges=judges)


def count_repeated(bank: Sequence[BankQuestion]) -> str:
    """Say how many questions came twice within ten sessions, for interviews of five."""
    return ", ".join(
        f"{role} {sum(repeated_by(role, skills, bank))} of {5 * SESSIONS}"
        for role, skills in (
            ("Backend Engineer", ("Python", "SQL")),
            ("Nurse", ()),
            ("Marketing Manager", ("Marketing",)),
            ("Welder", ()),
        )
    )


def repeated_by(role: str, skills: tuple[str, ...], bank: Sequence[BankQuestion]) -> Iterator[int]:
    """Yield for each session how many of its questions stood in the ten before it."""
    sessions: list[list[str]] = []
    for seed in range(SESSIONS):
        seen = {key for session in sessions[-REMEMBERED:] for key in session}
        request = QuestionRequest(num_questions=5, skills=skills, target_role=role)
        drafts = select_questions(request=request, bank=bank, seen=seen, seed=seed)
        sessions.append([draft.bank_key for draft in drafts])
        yield sum(key in seen for key in sessions[-1])


def milliseconds(bank: Sequence[BankQuestion]) -> float:
    """Return the median time of choosing five questions, everything loaded."""
    request = QuestionRequest(num_questions=5, skills=("Python",), target_role="Backend Engineer")
    times = []
    for seed in range(21):
        begin = time.perf_counter()
        select_questions(request=request, bank=bank, seen=(), seed=seed)
        times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2] * 1000


def say(line: str) -> None:
    """Print a line for the person who measures."""
    print(line)  # noqa: T201 - a program for people


if __name__ == "__main__":
    sys.exit(main())
