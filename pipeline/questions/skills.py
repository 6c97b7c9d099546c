"""Names of skills: aliases, related skills and the nearest name."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pipeline.domain.ports import SentenceEncoder
from pipeline.scoring.relevance.topic import Vector, cosine

WORD = re.compile(r"[a-z0-9][a-z0-9+#]*")
UNSURE = frozenset({"c", "r", "performance"})  # a text may well mean something else by them
# Also words of English: a text names them with a capital, in a list or after "with", "in", "using".
EVERYDAY = frozenset({"go", "swift", "rust", "ruby", "spring", "angular", "rails", "celery"})
LISTED = (
    r"(?:[,/(•*-]\s*|\b(?:and|or|with|in|using|of|know)\s+){0}(?![\w-]| to\b)|\b{0}\s*(?:[,/)]|$)"
)

ALIASES = {
    "js": "javascript",
    "ecmascript": "javascript",
    "ts": "typescript",
    "py": "python",
    "python3": "python",
    "golang": "go",
    "postgres": "postgresql",
    "psql": "postgresql",
    "mongo": "mongodb",
    "k8s": "kubernetes",
    "node js": "node",
    "nodejs": "node",
    "react js": "react",
    "reactjs": "react",
    "vue js": "vue",
    "vuejs": "vue",
    "csharp": "c#",
    "c sharp": "c#",
    "net": "c#",
    "dot net": "c#",
    "cpp": "c++",
    "ml": "machine learning",
    "nlp": "natural language processing",
    "ci cd": "ci",
    "cicd": "ci",
    "continuous integration": "ci",
    "amazon web services": "aws",
    "google cloud": "gcp",
    "google cloud platform": "gcp",
    "rest api": "rest",
    "rest apis": "rest",
    "restful apis": "rest",
    "restful": "rest",
    "ux": "user experience",
    "html": "html css",
    "css": "html css",
    "html5": "html css",
    "css3": "html css",
    "angularjs": "angular",
    "spring boot": "spring",
    "rabbit mq": "rabbitmq",
    "apache kafka": "kafka",
    "microsoft azure": "azure",
    "performance tuning": "performance",
    "performance optimization": "performance",
    "performance optimisation": "performance",
    "dataviz": "data visualisation",
    "data visualization": "data visualisation",
    "seo": "search engine optimisation",
    "search engine optimization": "search engine optimisation",
    "hr": "human resources",
    "pm": "project management",
    "microservice": "microservices",
    "unit testing": "testing",
    "test automation": "testing",
    "qa": "testing",
    "quality assurance": "testing",
    "cyber security": "security",
    "cybersecurity": "security",
    "information security": "security",
    "distributed system": "distributed systems",
    "systems design": "system design",
    "software architecture": "system design",
    "ux ui": "ux design",
    "ui ux": "ux design",
}

RELATED = {  # what a question may be about when there is none about the skill itself
    "fastapi": "python",
    "django": "python",
    "flask": "python",
    "pandas": "python",
    "numpy": "python",
    "pytorch": "machine learning",
    "tensorflow": "machine learning",
    "scikit learn": "machine learning",
    "spring": "java",
    "hibernate": "java",
    "scala": "java",
    "rails": "ruby",
    "ruby on rails": "ruby",
    "laravel": "php",
    "express": "node",
    "next": "react",
    "react native": "react",
    "redux": "react",
    "postgresql": "sql",
    "mysql": "sql",
    "sqlite": "sql",
    "oracle": "sql",
    "sql server": "sql",
    "helm": "kubernetes",
    "github actions": "ci",
    "jenkins": "ci",
    "ec2": "aws",
    "lambda": "aws",
    "svelte": "vue",
    "tailwind": "html css",
    "mariadb": "mysql",
    "oracle database": "sql",
    "cassandra": "distributed systems",
    "dynamodb": "aws",
    "elasticsearch": "distributed systems",
    "airflow": "data engineering",
    "spark": "data engineering",
    "hadoop": "data engineering",
    "etl": "data engineering",
    "dbt": "data engineering",
    "snowflake": "data engineering",
    "ansible": "terraform",
    "pulumi": "terraform",
    "prometheus": "observability",
    "grafana": "observability",
    "selenium": "testing",
    "cypress": "testing",
    "pytest": "testing",
    "junit": "testing",
    "figma": "ux design",
    "sketch": "ux design",
    "salesforce": "sales",
    "cold calling": "prospecting",
    "payroll": "accounting",
    "bookkeeping": "accounting",
    "quickbooks": "accounting",
    "copywriting": "content marketing",
    "google ads": "marketing analytics",
    "google analytics": "marketing analytics",
    "power bi": "data visualisation",
    "tableau": "data visualisation",
    "matlab": "data analysis",
    "kanban": "agile",
    "scrum": "agile",
    "jira": "agile",
    "patient care": "nursing",
    "phlebotomy": "nursing",
    "wound care": "nursing",
    "recruiting": "talent acquisition",
    "recruitment": "talent acquisition",
}


@lru_cache(maxsize=4096)  # names of the bank come by again and again
def canonical(skill: str) -> str:
    """Return the one name that we compare a skill by."""
    words = " ".join(WORD.findall(skill.casefold()))
    return ALIASES.get(words, words)


def is_about(skills: Iterable[str], wanted: str) -> bool:
    """Tell whether one of the skills is the wanted one, or one of the two is a kind of the other ("Python 3")."""
    want = _words(wanted)
    have = map(_words, skills)
    return bool(want) and any(words and (words <= want or want <= words) for words in have)


@lru_cache(maxsize=4096)
def _words(skill: str) -> frozenset[str]:
    return frozenset(canonical(skill).split())


def related(skill: str) -> str | None:
    """Return the skill that is nearest to this one; None when we know of none."""
    return RELATED.get(canonical(skill))


def named_in(text: str, skills: Iterable[str]) -> list[str]:
    """Return those of the skills that a text names, in the order in which it first does."""
    padded = f" {' '.join(WORD.findall(text.casefold()))} "
    found: dict[str, tuple[int, str]] = {}
    for skill in skills:
        at = min(
            (at for name in _names(skill) if (at := padded.find(f" {name} ")) >= 0), default=-1
        )
        if at >= 0 and _is_meant(skill, text):
            found.setdefault(canonical(skill), (at, skill))
    return [skill for _, skill in sorted(found.values())]


def _is_meant(skill: str, text: str) -> bool:
    """Tell whether a name that is also a word of English stands as a name."""
    name = canonical(skill)
    if name not in EVERYDAY:
        return True
    listed = LISTED.format(re.escape(name.capitalize()))
    return re.search(listed, text, re.MULTILINE) is not None


def _names(skill: str) -> set[str]:
    """Return every name of a skill; none for those that a text may not mean."""
    name = canonical(skill)
    names = {name, *(alias for alias, meant in ALIASES.items() if meant == name)}
    return names - UNSURE - {"net", "next", "express", "pm", "qa", ""}


# "MariaDB" is at .50 to MySQL, "Scrum" at .69 to Agile; "Driving" at .48 to Ticketing, "Spark" at .48 to Rust.
NEAR: Final = 0.5  # cosine
REMEMBERED: Final = 8  # sets of names: the bank's, for the roles asked for last


def nearest_name(name: str, names: tuple[str, ...], *, encoder: SentenceEncoder) -> str | None:
    """Return the nearest of the names; None when none is near."""
    if not names or not name.strip():
        return None
    wanted = encoder.encode([name])[0]
    likeness, index = max(
        (cosine(wanted, vector), -index)
        for index, vector in enumerate(_vectors(names, encoder))  # type: ignore[arg-type] # a port says nothing of hashes
    )
    return names[-index] if likeness >= NEAR else None


@lru_cache(maxsize=REMEMBERED)
def _vectors(names: tuple[str, ...], encoder: SentenceEncoder) -> list[Vector]:
    """Encode once what does not change: the names of the bank."""
    return encoder.encode(list(names))


# How far a question is from a wish.
