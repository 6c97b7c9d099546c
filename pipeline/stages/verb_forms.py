"""English verb forms that the grammar rules look up."""

from typing import Final

from pipeline.stages.lexicon import word_set

# Simple past that differs from both the base and the participle: "have went" is wrong, "have gone" right.
PAST_TO_PARTICIPLE: Final = {
    "went": "gone", "saw": "seen", "took": "taken", "gave": "given", "wrote": "written",
    "spoke": "spoken", "began": "begun", "chose": "chosen", "broke": "broken", "knew": "known",
    "grew": "grown", "drove": "driven", "ate": "eaten", "fell": "fallen", "forgot": "forgotten",
    "did": "done", "came": "come", "became": "become", "ran": "run", "drew": "drawn", "threw": "thrown",
    "flew": "flown", "rose": "risen", "wore": "worn", "sang": "sung", "swam": "swum", "drank": "drunk",
}  # fmt: skip

# The base form is also the past: nothing can be told from the form.
UNCHANGING: Final = word_set(
    "put set cut let hit read cost quit shut spread split hurt beat bet cast burst become come run"
)

AUXILIARIES: Final = word_set(
    "do does did can could will would shall should may might must 'd 'll ca wo let make makes made help helps "
    "helped see saw watch hear heard have had to suggest suggested recommend recommended insist "
    "insisted ask asked demand whether lest if"
)

MODALS: Final = word_set("can could will would shall should may might must")

IRREGULAR_THIRD: Final = {"have": "has", "do": "does", "be": "is", "go": "goes"}

IRREGULAR_PARADIGMS: Final = {
    "be": ("is", "are", "was", "were", "be", "been", "being", "am"),
    "have": ("have", "has", "had", "having"),
    "do": ("do", "does", "did", "done", "doing"),
    "go": ("go", "goes", "went", "gone", "going"),
}

IRREGULAR_PAST: Final = {
    "come": "came", "become": "became", "run": "ran",
    "take": "took", "give": "gave", "write": "wrote", "speak": "spoke", "begin": "began", "choose": "chose",
    "break": "broke", "know": "knew", "grow": "grew", "drive": "drove", "eat": "ate", "fall": "fell",
    "forget": "forgot", "draw": "drew", "throw": "threw", "fly": "flew", "rise": "rose", "wear": "wore",
    "see": "saw", "sing": "sang", "swim": "swam", "drink": "drank", "make": "made", "say": "said",
    "get": "got", "find": "found", "think": "thought", "tell": "told", "leave": "left", "feel": "felt",
    "keep": "kept", "bring": "brought", "buy": "bought", "teach": "taught", "build": "built", "send": "sent",
    "spend": "spent", "lose": "lost", "win": "won", "meet": "met", "pay": "paid", "sell": "sold",
    "hold": "held", "lead": "led", "understand": "understood", "catch": "caught", "fight": "fought",
    "mean": "meant", "sit": "sat", "stand": "stood", "hear": "heard", "deal": "dealt", "sleep": "slept",
}  # fmt: skip
SHORT_VERB: Final = 5  # letters; longer verbs seldom double their last one


def third_person(lemma: str) -> str:
    """Return "goes" for "go"."""
    if lemma in IRREGULAR_THIRD:
        return IRREGULAR_THIRD[lemma]
    if lemma.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{lemma}es"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return f"{lemma[:-1]}ies"
    return f"{lemma}s"


def plural(noun: str) -> str:
    """Return the regular plural, and that of "-man"."""
    if noun.endswith("man") and noun != "human":
        return f"{noun[:-3]}men"
    if noun.endswith(("s", "sh", "ch", "x", "z")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def paradigm(lemma: str) -> tuple[str, ...]:
    """Return the forms of a verb; a regular guess where it is not in our lists."""
    if lemma in IRREGULAR_PARADIGMS:
        return IRREGULAR_PARADIGMS[lemma]
    past = past_form(lemma)
    forms = (lemma, third_person(lemma), past, PAST_TO_PARTICIPLE.get(past, past), ing_form(lemma))
    return tuple(dict.fromkeys(forms))


def past_form(lemma: str) -> str:
    """Return "went" for "go", "planned" for "plan"."""
    if lemma in IRREGULAR_PAST:
        return IRREGULAR_PAST[lemma]
    if lemma in UNCHANGING:
        return lemma
    if lemma.endswith("e"):
        return f"{lemma}d"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return f"{lemma[:-1]}ied"
    return f"{_doubled(lemma)}ed"


def ing_form(lemma: str) -> str:
    """Return "going" for "go", "planning" for "plan"."""
    if lemma.endswith("ie"):
        return f"{lemma[:-2]}ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        return f"{lemma[:-1]}ing"
    return f"{_doubled(lemma)}ing"


def _doubled(lemma: str) -> str:
    short = len(lemma) <= SHORT_VERB and lemma[-1] in "bdgmnprt"
    closed = lemma[-2:-1] in "aeiou" and lemma[-3:-2] not in "aeiou"
    return lemma + lemma[-1] if short and closed else lemma
