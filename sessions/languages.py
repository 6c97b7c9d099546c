"""The languages an interview can be held in: those that the recogniser's multilingual models know."""

AUTO = "auto"  # the recogniser finds out
ENGLISH = "en"

# ISO 639-1 where there is a code; "haw" has none, "jw" is the recogniser's own word for Javanese. Cantonese ("yue") is
# left out: only the largest model has a token for it.
CODES = """
af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it
ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn
so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh
"""

KNOWN_LANGUAGES: tuple[str, ...] = tuple(CODES.split())


def is_known(language: str) -> bool:
    """Tell whether a recording can be transcribed as this: a known code, or "auto"."""
    return language == AUTO or language in KNOWN_LANGUAGES


def known_or_auto(language: str) -> str:
    """Return the language, "auto" in place of one that the recogniser does not know."""
    return language if is_known(language) else AUTO
