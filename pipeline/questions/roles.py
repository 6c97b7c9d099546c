"""Does a question suit a role? "Senior Nurse" and "Registered Nurse" are one profession, a welder is another."""

from functools import lru_cache
from typing import Final

from pipeline.questions.skills import canonical
from pipeline.scoring.lexicon import word_set

# Words of a role that say little about what one is asked.
WEAK_WORDS: Final = word_set(
    """a an and at for in of the to i ii iii junior senior mid lead principal staff chief head
    associate intern trainee graduate level engineer developer specialist officer professional
    expert member team registered certified assistant"""
)
FOR_EVERYBODY: Final = frozenset({"any", "all", "general", "every", "everyone", "everybody"})
SAME_WORDS: Final = {
    "programmer": "software",
    "coder": "software",
    "sre": "devops",
    "reliability": "devops",
    "platform": "devops",
    "ml": "machine",
    "ai": "machine",
    "qa": "test",
    "tester": "test",
    "testing": "test",
    "quality": "test",
    "ui": "frontend",
    "ux": "design",
    "designer": "design",
    "analytics": "data",
    "management": "manager",
    "android": "mobile",
    "ios": "mobile",
    "stack": "full",
    "fullstack": "full",
    "salesperson": "sales",
    "salesman": "sales",
    "seller": "sales",
    "recruitment": "recruiter",
    "hr": "human",
    "lawyer": "legal",
    "attorney": "legal",
    "solicitor": "legal",
    "professor": "teacher",
    "lecturer": "teacher",
    "tutor": "teacher",
    "midwife": "nurse",
    "paramedic": "nurse",
    "nursing": "nurse",
    "teaching": "teacher",
    "chef": "restaurant",
    "waiter": "restaurant",
    "waitress": "restaurant",
    "barista": "restaurant",
    "copywriter": "writer",
    "cybersecurity": "security",
    "helpdesk": "support",
    "accounting": "accountant",
    "financial": "finance",
}
# A role that names a tool instead of a trade: "Python Developer".
SOFTWARE_SKILLS: Final = word_set(
    """python java javascript typescript react angular vue node django php ruby rails rust golang
    kotlin swift c# c++ scala"""
)
# Titles that many professions share: a finance manager is no marketing manager.
TITLES: Final = word_set(
    """manager analyst administrator coordinator representative consultant director supervisor
    architect agent executive owner scientist partner business"""
)
MAKERS: Final = frozenset({"developer", "programmer", "coder"})
SPELLINGS: Final = (
    ("back-end", "backend"),
    ("back end", "backend"),
    ("front-end", "frontend"),
    ("front end", "frontend"),
    ("node.js", "node"),
    (".net", "c#"),
)


@lru_cache(maxsize=4096)  # many questions of the bank name the same roles
def role_fit(roles: tuple[str, ...], wanted: frozenset[str]) -> float:
    """Return how well a question's roles fit: up to 1; 0 for a question for everybody, -1 for other people's."""
    known = [words for words in map(role_words, roles) if words]
    if not known or not wanted or any(words & FOR_EVERYBODY for words in known):
        return 0.0
    return max(_likeness(words, wanted) for words in known) or -1.0


@lru_cache(maxsize=1024)
def role_words(role: str) -> frozenset[str]:
    """Return the words of a role that say what somebody does."""
    text = role.casefold()
    for spelling, usual in SPELLINGS:
        text = text.replace(spelling, usual)
    words = "".join(char if char.isalnum() or char in "+#" else " " for char in text).split()
    strong = [SAME_WORDS.get(word, word) for word in words if word not in WEAK_WORDS]
    tools = {word for word in strong if canonical(word) in SOFTWARE_SKILLS}
    if tools or (not strong and MAKERS.intersection(words)):
        return frozenset({*strong, "software"} - tools)
    return frozenset(strong)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of common words, 0 when all that two professions share is a title."""
    trades = one - TITLES, other - TITLES
    if all(trades) and not trades[0] & trades[1]:
        return 0.0
    return len(one & other) / len(one | other)
