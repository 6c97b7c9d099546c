"""A transcript as a file: SubRip (srt), WebVTT (vtt) or plain text (txt)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

LINE_CHARACTERS: Final = 42  # of one line, as broadcasters do
CUE_CHARACTERS: Final = 2 * LINE_CHARACTERS
CUE_SECONDS: Final = 6.0  # the longest that one cue stands
PAUSE_SECONDS: Final = 1.0  # a silence between words that begins a new cue
SHORTEST_SECONDS: Final = 0.2  # a cue that ends as it begins could not be shown
ARROW: Final = (
    "-->"  # between two times; in a text of SubRip, which has no escapes, it would look like them
)
SENTENCE_ENDS: Final = (".", "?", "!", "…")


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of text, and when it is shown."""

    text: str
    start: float  # seconds
    end: float  # seconds


Timed = Sequence[tuple[str, float, float]]  # texts with their begin and end in seconds


def to_srt(cues: Sequence[Cue]) -> str:
    """Return a SubRip file, empty where nothing was said."""
    blocks = [
        f"{number}\n{_span(cue, ',')}\n{_lines(cue.text.replace(ARROW, '→'))}\n"
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n".join(blocks)


def to_vtt(cues: Sequence[Cue]) -> str:
    """Return a WebVTT file; what would be markup in it is escaped."""
    blocks = [f"{_span(cue, '.')}\n{escape(_lines(cue.text), quote=False)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def to_text(text: str) -> str:
    """Return the words on one line."""
    words = " ".join(text.split())
    return f"{words}\n" if words else ""


def cut_cues(words: Timed, *, segments: Timed = ()) -> list[Cue]:
    """Return the words in stretches that can be read; without word times, the recogniser's own segments."""
    groups: list[list[tuple[str, float, float]]] = []
    for word in words:
        if not groups or _begins_cue(groups[-1], word):
            groups.append([])
        groups[-1].append(word)
    whole = [[segment] for segment in segments] if not words else groups
    return list(_in_order(whole))


def _begins_cue(group: Timed, word: tuple[str, float, float]) -> bool:
    """Tell whether the word must stand in a new cue."""
    text, start, end = word
    length = sum(len(one[0]) + 1 for one in group) + len(text)
    if length > CUE_CHARACTERS or end - group[0][1] > CUE_SECONDS:
        return True
    return start - group[-1][2] >= PAUSE_SECONDS or group[-1][0].endswith(SENTENCE_ENDS)


def _in_order(groups: Sequence[Timed]) -> Iterator[Cue]:
    """Yield a cue for each group that has text; none begins before the one before it, none ends before its begin."""
    clock = 0.0
    for group in groups:
        text = " ".join(" ".join(one[0] for one in group).split())
        if not text:
            continue
        clock = max(clock, group[0][1])
        yield Cue(text, clock, max(group[-1][2], clock + SHORTEST_SECONDS))


def _lines(text: str) -> str:
    """Break the text into lines of readable length."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LINE_CHARACTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _span(cue: Cue, separator: str) -> str:
    return f"{_clock(cue.start, separator)} {ARROW} {_clock(cue.end, separator)}"


def _clock(seconds: float, separator: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{separator}{rest % 1000:03}"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that a transcript is offered as."""

    media_type: str
    write: Callable[[str, Sequence[Cue]], str]


FILE_KINDS: Final = {
    "srt": FileKind("application/x-subrip", lambda _text, cues: to_srt(cues)),
    "vtt": FileKind("text/vtt", lambda _text, cues: to_vtt(cues)),
    "txt": FileKind("text/plain", lambda text, _cues: to_text(text)),
}
