"""Are two names of a skill about the same thing? "Postgres" and "PostgreSQL" are; so, nearly, are FastAPI and Python."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[a-z0-9][a-z0-9+#]*")
SHORT_NAMES = frozenset(
    {"c", "r", "go"}
)  # also words of English: a text must mean them to name them

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
    "spring boot": "java",
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
}


def canonical(skill: str) -> str:
    """Return the one name that we compare a skill by."""
    words = " ".join(WORD.findall(skill.casefold()))
    return ALIASES.get(words, words)


def is_about(skills: Iterable[str], wanted: str) -> bool:
    """Tell whether one of the skills is the wanted one, or one of the two is a kind of the other ("Python 3")."""
    want = set(canonical(wanted).split())
    have = (set(canonical(skill).split()) for skill in skills)
    return bool(want) and any(words and (words <= want or want <= words) for words in have)


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
        if at >= 0:
            found.setdefault(canonical(skill), (at, skill))
    return [skill for _, skill in sorted(found.values())]


def _names(skill: str) -> set[str]:
    """Return every name of a skill; none for those that a text may not mean."""
    name = canonical(skill)
    names = {name, *(alias for alias, meant in ALIASES.items() if meant == name)}
    return names - SHORT_NAMES - {"net", "next", "express", ""}
