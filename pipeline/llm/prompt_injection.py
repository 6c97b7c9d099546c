"""
Detection of instructions in what people say, and checks of what a model replies.

Two nets. The first knows the usual ways in words ("ignore the above", "system prompt"). The second knows none of them: it is
caught in by a sentence that commands something and speaks of grading, or that tells "you" what to grade; people who answer
an interview question do neither. Measured in `tests/integration/llm/test_injections.py` and docs/language-models.md.
"""

import re
import unicodedata
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

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

_PARTS: Final = re.compile(r"\s+|\S{1,200}")  # words, but for very long ones
_SENTENCE_END: Final = re.compile(r"[.!?;:] | (?=(?:please|kindly) \w)")
_COMMAND: Final = re.compile(
    r"^(?:(?:please|kindly|now|just|also|stop|hey|ok|okay|always|simply|immediately|and|then|therefore|must|should|will|to|"
    r"can you|could you|would you|you|i want you to|i need you to|i order you to|i command you to|let us|let's|"
    r"for \S+ purposes)\W+)*"
    r"(?:accept|add|adjust|admit|announce|answer|append|apply|approve|assess|assign|assume|award|be|begin|bypass|call|change|"
    r"clear|compute|confirm|congratulate|consider|conclude|copy|count|declare|delete|describe|disable|discard|disregard|"
    r"drop|echo|enable|end|erase|evaluate|fill|finish|forget|generate|give|grade|grant|hide|hire|ignore|include|increase|"
    r"insert|interpret|invent|issue|judge|leave|list|lower|make|mark|mention|move|name|obey|omit|output|overlook|override|"
    r"overwrite|pass|play|praise|pretend|print|promise|promote|provide|put|quote|raise|rank|rate|read|recommend|record|"
    r"regard|remove|repeat|replace|reply|report|respond|return|reveal|reward|say|score|select|send|set|show|skip|speak|"
    r"start|state|submit|suggest|summari[sz]e|suppress|switch|take|tell|translate|treat|use|write)\b"
)
_GRADING: Final = re.compile(
    r"\b(scores?|scoring|grades?|grading|grader|ratings?|marks?|evaluations?|evaluator|rubric|candidates?|applicants?|"
    r"transcript|metrics?|readiness|relevance|fluency|keywords?|(?<!your )(?<!own )(weakness(es)?|strengths?)|(the|your) feedback|remarks?|suggestions?|"
    r"summary|report|guidelines|instructions?|prompts?|json|context window|language model|chatbot|hiring|the job|perfect|"
    r"flawless|hundred|100|a plus|top mark|previous text|everything above|my answer|this answer|this response|the user|"
    r"website|magic word|test mode|my (reply|words|mistakes|errors)|every (check|keyword|criterion)|your (answer|reply|output|response))\b"
)
_YOU_GRADE: Final = re.compile(
    r"^(ok|okay|hello|hi|hey|dear|listen)\W+(\S+ )?(model|machine|system|computer|grader|ai|bot)\b|"
    r"\b(approve|pass) me\b|\brate accordingly\b|\bin your (output|answer|feedback|response|report|evaluation|summary)\b|"
    r"\byour (new |real |only |actual )?(goal|task|job|role|purpose|objective|mission) (is|now)\b|\byour (system )?prompt\b|"
    r"\b(grading|scoring|evaluation) (policy|rules|system|criteria) (was|were|is|are|has|have|do|does)\b|\bbefore (grading|scoring) (this|read)\b|"
    r"\b(this is|here speaks) (the|your) (system|admin\w*|developer|operator)\b|\b(built|trained|programmed) you\b|"
    r"\b(you|machine|whoever)( \S+){0,5} (high|higher|top|good|full|perfect|best|max|maximum|better|excellent) "
    r"(scores?|grades?|marks?|ratings?|results?|evaluation)\b|"
    r"\b(you|machine|whoever)( \S+){0,6} (an? a plus|full marks|this candidate|my (answers?|score|grade))\b|"
    r"\byou (must|shall) (\S+ )?(answer|reply|respond|output|say|write|approve|accept|grade|score|rate)\b|"
    r"\byour (instructions|guidelines|programming|prompt|rules|developer|creator|administrator|context|rubric|training|task) "
    r"(is|are|was|were|has|have|changed|speaking)\b|"
    r"\bi am (the|your) (admin\w*|developer|creator|operator|examiner)\b|"
    r"\b(your|the) (developer|creator|administrator|operator) speaking\b|"
    r"\bif you are an? (\S+ )?(model|machine|ai|bot|assistant|chatbot|program)\b|"
    r"\bwhoever (reads|grades|evaluates|scores)\b|"
    r"\b(relevance|grammar|fluency|keywords?|readiness)( score)?( (is|to|at|of|equals))? "
    r"(\d+|one hundred|a hundred|full|ready|perfect|max)|"
    r"\bscores? (of|is|to|equals?) (100|one hundred|a hundred|ten)\b|"
    r"\bnew (conversation|session|chat|persona)\b|\byou approve\b|\bfor test(ing)? purposes\b|\bpre-?approved\b|"
    r"\b(real|true|actual|official) (evaluation|score|grade|instructions?)\b"
)


def gives_orders(text: str) -> bool:
    """Tell whether somebody speaks to the grader here instead of answering."""
    said = _flat(text)
    if any(pattern.search(said) for pattern in _ORDERS):
        return True
    return any(_addresses_grader(sentence) for sentence in _SENTENCE_END.split(said))


def holds_known_order(text: str) -> bool:
    """Tell the usual ways alone: for questions and sample answers, which may well say "tell me about feedback"."""
    said = _flat(text)
    return any(pattern.search(said) for pattern in _ORDERS) or bool(_YOU_GRADE.search(said))


def normalize(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the text in a normal form, part by part: to sort a long run of combining marks takes quadratic time."""
    return "".join(unicodedata.normalize(form, part) for part in _PARTS.findall(text))


def is_visible(char: str) -> bool:
    """Tell a character that can be seen from control, format, private and surrogate ones."""
    return not unicodedata.category(char).startswith("C")


def _addresses_grader(sentence: str) -> bool:
    """Tell a sentence that commands something about the grading, whatever the words of the command."""
    if _COMMAND.match(sentence) and _GRADING.search(sentence):
        return True
    return bool(_YOU_GRADE.search(sentence))


def _flat(text: str) -> str:
    """Return the text as the patterns expect it: composed, lower case, visible, single blanks."""
    folded = normalize("NFKC", text).casefold().replace("’", "'")  # noqa: RUF001 - as above
    shown = "".join(
        char if is_visible(char) else "" if char == "\u200b" else " " for char in folded
    )
    return " ".join(shown.split())


class Reply(BaseModel):
    """Part of an answer: nothing may be missing, added, or turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def schema_of(reply: type[Reply]) -> dict[str, object]:
    """Return the schema in the subset that strict structured output allows, without references: not all servers follow them."""
    whole = reply.model_json_schema()
    schema: dict[str, object] = _inlined(whole, whole.get("$defs", {}))
    return schema


def _inlined(part: Any, parts: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(item, parts) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(parts[part["$ref"].rpartition("/")[2]], parts)
    dropped = {"$defs", "description"} | (
        {"title"} if isinstance(part.get("title"), str) else set()
    )
    return {name: _inlined(value, parts) for name, value in part.items() if name not in dropped}


_TAG: Final = re.compile(r"<[^<>]{1,500}>")
_BLANK_BEFORE: Final = re.compile(r" +([,.;:!?])(?!\w)")
_MARKED_LINK: Final = re.compile(r"!?\[([^\]]{0,300})\]\([^)]{0,500}\)")
_MARKS: Final = re.compile(r"[`*|\\~^{}<>\[\]]+|_{2,}|(?<!\w)#+")
_LINK: Final = re.compile(
    r"\w://|\bwww\.|\bmailto:|\bjavascript:|\S@\w+\.\w|\bdot (com|org|net|io)\b|"
    r"\w-*\.(com|org|info|biz|ru|xyz|co|io|ai|dev|app|link|site|online|example|test)\b|(?<!\basp)\.net\b|"
    r"\w-*\.\w{2,}/",
    re.IGNORECASE,
)
_GRADE: Final = re.compile(
    r"\b(scor(e|es|ed|ing)|grad(e|es|ed|ing)|rat(ed|ing|ings)|full marks|top marks|stars?)\b|"
    r"\b\d+(\.\d+)?\s*(/|out of|of)\s*(5|10|20|100)\b|\b(100|hundred|ten)\s*(%|per ?cent|points|out of)|"
    r"\b\d+(\.\d+)?\s*points?\b|\b[a-f][+-](?!\w)|\bhire[ds]?\b",
    re.IGNORECASE,
)


def is_harmless(text: str) -> bool:
    """Tell whether a model's sentence may be shown: no link, no grade, no order."""
    return not (_LINK.search(text) or _GRADE.search(text) or gives_orders(text))


def is_harmless_sample(text: str) -> bool:
    """Tell whether a model's question or sample answer may be shown: it may speak of grades, which are nobody's."""
    return not (_LINK.search(text) or holds_known_order(text))


def plain(text: str, *, limit: int) -> str:
    """Return the text as one line without marks, tags and what cannot be seen; empty when it is longer than `limit`."""
    shown = "".join(char if is_visible(char) else " " for char in normalize("NFC", text))
    without_links = _MARKED_LINK.sub(r"\1", shown)
    line = " ".join(_MARKS.sub(" ", _TAG.sub(" ", without_links)).split())
    line = _BLANK_BEFORE.sub(r"\1", line)
    return line if len(line) <= limit else ""


def find_quote(quote: str, *, text: str, least_words: int) -> str:
    """Return the quote as it stands in the text, whatever case and punctuation it came in; empty when it does not."""
    wanted = [word for word, _, _ in _words(quote)]
    if len(wanted) < least_words:
        return ""
    said = _words(text)
    heard = f" {' '.join(word for word, _, _ in said)} "
    place = heard.find(f" {' '.join(wanted)} ")
    if place < 0:
        return ""
    first = heard.count(" ", 0, place)
    return text[said[first][1] : said[first + len(wanted) - 1][2]]


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words in lower case with where they begin and end; an apostrophe is part of a word."""
    found = re.finditer(r"\w+(?:['’]\w+)*", text)  # noqa: RUF001 - the typographic apostrophe is meant
    return [
        (match[0].casefold().replace("’", "'"), match.start(), match.end())  # noqa: RUF001 - as above
        for match in found
    ]
