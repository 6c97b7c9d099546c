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
