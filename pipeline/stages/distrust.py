"""
What must not pass between a candidate's words, a language model and the feedback.

Two directions: an answer that gives orders to its grader is not shown to a model at all; what a model wrote is plain text
without links, marks, orders and grades, or it is not shown to anybody. The lists err on the side of suspicion: what is
lost is one remark, and the rules' own feedback stands in any case.
"""

import re
import unicodedata
from typing import Final

_TAG: Final = re.compile(r"<[^<>]{1,500}>")
_BLANK_BEFORE: Final = re.compile(r" +([,.;:!?])(?!\w)")
_MARKED_LINK: Final = re.compile(r"!?\[([^\]]{0,300})\]\([^)]{0,500}\)")
_MARKS: Final = re.compile(r"[`*|\\~^{}<>\[\]]+|_{2,}|(?<!\w)#+")
_LINK: Final = re.compile(
    r"\w+://|\bwww\.|\bmailto:|\bjavascript:|\S@\w+\.\w|\bdot (com|org|net|io)\b|"
    r"\b[\w-]+\.(com|org|info|biz|ru|xyz|co|io|ai|dev|app|link|site|online|example|test)\b|(?<!\basp)\.net\b|"
    r"\b[\w-]+\.\w{2,}/",
    re.IGNORECASE,
)
_GRADE: Final = re.compile(
    r"\b(scor(e|es|ed|ing)|grad(e|es|ed|ing)|rat(ed|ing|ings)|full marks|top marks|stars?)\b|"
    r"\b\d+(\.\d+)?\s*(/|out of|of)\s*(5|10|20|100)\b|\b(100|hundred|ten)\s*(%|per ?cent|points|out of)|"
    r"\b\d+(\.\d+)?\s*points?\b|\b[a-f][+-](?!\w)|\bhire[ds]?\b",
    re.IGNORECASE,
)

_GIVE: Final = r"(give|award|assign|grant|rate|score|grade|mark|evaluate|set|report|return)"
_MOST: Final = r"(100|hundred|full|max(imum)?|perfect|top|highest|best|ten|10|a\+|excellent|outstanding|five|5)"
_RULES: Final = (
    r"(above|previous|prior|earlier|preceding|foregoing|instructions?|prompts?|rules?|rubric|guidelines|"
    r"criteria|polic(y|ies)|told|constraints|restrictions)"
)
_GRADER: Final = (
    r"(ai|a\.i\.|model|language model|llm|assistant|grader|evaluator|examiner|reviewer|scorer|judge|bot|"
    r"chatbot|chat ?gpt|gpt|gemini|claude|machine|algorithm|system)"
)
_READER: Final = r"(ai|a\.i\.|language model|llm|grader|evaluator|examiner|reviewer|scorer|chatbot|chat ?gpt|gpt|gemini|claude)"
_ORDERS: Final = [
    re.compile(pattern)
    for pattern in (
        rf"\b(ignore|disregard|forget|override|overrule|bypass|neglect|discard)\b( \S+){{0,5}} {_RULES}\b",
        r"\b(ignore|forget|disregard) (everything|anything|all|what) ",
        r"\b(system|developer|hidden|initial|original|secret) (prompt|message|instructions?)\b",
        rf"\b(you are|you're|you will be) (now|no longer|an?|my|the) ((\S+ ){{0,3}})?{_GRADER}\b",
        rf"\b(you are|you're) (now|no longer) (an?|the|my|in|free|allowed|required|bound|under)\b|\b(act|behave|respond|answer|speak) (as|like) (an?|my|the) (\S+ )?{_GRADER}\b",
        r"\bpretend (that )?(you|to be|the (score|answer|candidate))\b|\b(imagine|assume) (that )?(the (score|answer|candidate)|you are an? (\S+ )?(ai|model|assistant))\b|\brole ?play as\b",
        rf"\b{_GIVE} (me|this|it|my|the|this candidate|him|her|them|everything|all|every)\b( \S+){{0,6}} {_MOST}(?!\w)",
        rf"\b{_GIVE}( \S+){{0,4}} (score|grade|rating|metric)s?( \S+){{0,4}} {_MOST}(?!\w)",
        r"\b(output|print|write|say|reply|respond|repeat|include|add|append|insert|put|state|mention|return|answer|end|begin|"
        r"start)\b( \S+){0,8} (in|into|to|with|as|of) (the|your|this|every|all|each|my)? ?(\S+ )?(feedback|report|summary|review|"
        r"response|reply|output|evaluation|assessment|json|narrative|remarks?|comments?)\b",
        r"\b(reply|respond|answer|output|print|say) (only|just|exactly|nothing but|with only|with just|the (word|phrase|following))\b",
        rf"\b(as an?|as the|dear|hey|hello|attention|note (to|for)|message (to|for)|to) (the |any |all )?{_READER}\b[ ,:]",
        r"\bnew (instruction|task|rule|order|directive|system|prompt|persona)s?\b( \S+)? ?(:|is|are|for you|follow|begin|start)",
        r"\b(end|begin|beginning|start|stop)(ning)? of (the )?(transcript|answer|data|input|prompt|instructions?|user)\b",
        r"\b(jailbr(ea|o)k|do anything now|dan mode|developer mode|debug mode|admin mode|maintenance mode)",
        r"\b(candidate|applicant|answer|response|speaker) (should|must|deserves|shall|is to|has to|needs to) (\S+ ){0,3}"
        r"(hired|score[ds]?|full|100|perfect|excellent|highest|grade[ds]?|pass(ed)?|accepted|rated)\b",
        r"\b(my|the|this|your|their|final|overall) (\S+ )?(score|grade|rating)s? (is|are|should|must|shall|has to|have to|equals?|"
        r"to|will)\b",
        r"\b(do not|don't|never|stop|without) (evaluat|grad|scor|judg|critici|penali|assess|rat)(e|ing|es|ze|se|zing|sing)\b",
        r"\b(follow|obey|execute|carry out|comply with) (these|this|my|the (following|next|new)|only my) (\S+ )?"
        r"(instruction|command|order|step|directive|rule)s?\b",
        r"\b(reveal|show|tell me|print|leak|display|repeat|list|share) (\S+ ){0,4}(prompt|instructions|api key|password|secrets?|"
        r"expected keywords|rubric|model answer|answer key)\b",
        r"\b(ignor(iere?n?|ez|a|e|iere|era)|oublie[zr]?|olvida|vergiss|dimentica)\b( \S+){0,5} "
        r"(anweisung|instruc|instruk|istruz|vorherig|précédent|anterior|precedent|regel|règle|regla)",
        r"</|<\||\|>|\[/?(inst|system)\]|^#{2,}|\"\s*[}\]]|\brole\W{1,4}(system|assistant|user)\b|\b(system|assistant) ?:",
    )
]


def gives_orders(text: str) -> bool:
    """Tell whether somebody speaks to the grader here instead of answering."""
    said = _flat(text)
    return any(pattern.search(said) for pattern in _ORDERS)


def is_harmless(text: str) -> bool:
    """Tell whether a model's sentence may be shown: no link, no grade, no order."""
    return not (_LINK.search(text) or _GRADE.search(text) or gives_orders(text))


def is_harmless_sample(text: str) -> bool:
    """Tell whether a model's question or sample answer may be shown: it may speak of grades, which are nobody's."""
    return not (_LINK.search(text) or gives_orders(text))


def plain(text: str, *, limit: int) -> str:
    """Return the text as one line without marks, tags and what cannot be seen; empty when it is longer than `limit`."""
    shown = "".join(
        char if _is_visible(char) else " " for char in unicodedata.normalize("NFC", text)
    )
    without_links = _MARKED_LINK.sub(r"\1", shown)
    line = " ".join(_MARKS.sub(" ", _TAG.sub(" ", without_links)).split())
    line = _BLANK_BEFORE.sub(r"\1", line)
    return line if len(line) <= limit else ""


def find_quote(quote: str, *, text: str, least_words: int) -> str:
    """Return the quote as it stands in the text, whatever case and punctuation it came in; empty when it does not."""
    wanted = [word for word, _, _ in _words(quote)]
    said = _words(text)
    if len(wanted) < least_words:
        return ""
    heard = [word for word, _, _ in said]
    for first in range(len(heard) - len(wanted) + 1):
        if heard[first : first + len(wanted)] == wanted:
            return text[said[first][1] : said[first + len(wanted) - 1][2]]
    return ""


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words in lower case with where they begin and end; an apostrophe is part of a word."""
    found = re.finditer(r"\w+(?:['’]\w+)*", text)  # noqa: RUF001 - the typographic apostrophe is meant
    return [
        (match[0].casefold().replace("’", "'"), match.start(), match.end())  # noqa: RUF001 - as above
        for match in found
    ]


def _is_visible(char: str) -> bool:
    """Tell a character that can be seen from control, format, private and surrogate ones."""
    return not unicodedata.category(char).startswith("C")


def _flat(text: str) -> str:
    """Return the text as the patterns expect it: composed, lower case, visible, single blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")  # noqa: RUF001 - as above
    shown = "".join(
        char if _is_visible(char) else "" if char == "\u200b" else " " for char in folded
    )
    return " ".join(shown.replace(", ", " ").split())
