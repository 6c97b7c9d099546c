"""Elements of WebM files that are not sound: tags, attachments, chapters, titles, names of tracks and programs, the date."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from media.tags import comments
from media.tags.blanks import Blank, Budget, Source, erase, is_harmless

SEGMENT, CLUSTER = 0x18538067, 0x1F43B675
INFO, TRACKS, TRACK = 0x1549A966, 0x1654AE6B, 0xAE
VOID, CRC = 0xEC, 0xBF
TAGS, TAG, SIMPLE_TAG, TAG_NAME, TAG_TEXT = 0x1254C367, 0x7373, 0x67C8, 0x45A3, 0x4487
PROGRAMS: Final = frozenset({0x4D80, 0x5741})  # that muxed, that wrote
CODEC_PRIVATE: Final = 0x63A2
TALKING: Final = frozenset(
    {
        *(TAGS, 0x1941A469, 0x1043A770),  # tags, attachments, chapters
        *(0x7BA9, 0x4461, 0x7384, 0x3C83AB, 0x3E83BB),  # title, date, names of files
        0x536E,  # a track's name
    }
)
MASTERS: Final = frozenset({SEGMENT, INFO, TRACKS, TRACK})
HARMLESS_TAGS: Final = frozenset({b"ENCODER", b"DURATION"})
LONG_VOID: Final = 9  # bytes of a head with an eight-byte length
SETUP: Final = b"\5vorbis"


class Element(NamedTuple):
    """Where an element lies; `end` is None where its length is not told."""

    name: int
    at: int
    content: int
    end: int | None


def find(data: Source) -> Iterator[Blank]:
    """Yield elements that talk, as voids of the same length."""
    yield from _walk(data, 0, len(data), Budget())


def elements(data: Source, at: int, end: int, budget: Budget) -> Iterator[Element]:
    """Yield the elements that follow each other here; those inside of one without a length follow it."""
    while at < end:
        budget.spend()
        name_length = _vint_length(data[at])
        start = at + name_length
        size_length = _vint_length(data[start]) if start < end else 9
        content = start + size_length
        if name_length > 4 or size_length > 8 or content > end:  # noqa: PLR2004 - the longest there are
            return
        name = int.from_bytes(data[at:start], "big")
        size = int.from_bytes(data[start:content], "big") & (1 << 7 * size_length) - 1
        is_open = size == (1 << 7 * size_length) - 1
        yield Element(name, at, content, None if is_open else min(content + size, end))
        at = content if is_open else content + size


def _walk(data: Source, at: int, end: int, budget: Budget) -> Iterator[Blank]:
    for element in elements(data, at, end, budget):
        if element.end is None:
            continue
        if element.name in MASTERS:
            inside = list(_walk(data, element.content, element.end, budget))
            yield from inside
            if inside:
                yield from _void_checksum(data, element)
        else:
            yield from _hush(data, element, element.end, budget)


def _hush(data: Source, element: Element, end: int, budget: Budget) -> Iterator[Blank]:
    if element.name in TALKING:
        if element.name != TAGS or not _says_nothing(data, element.content, end, budget):
            yield _void(element.at, end)
    elif element.name == VOID or (
        element.name in PROGRAMS and not is_harmless(data[element.content : end])
    ):
        yield from erase(data, element.content, end)
    elif element.name == CODEC_PRIVATE:
        yield from _hush_codec(data, element.content, end)


def _hush_codec(data: Source, at: int, end: int) -> Iterator[Blank]:
    """Yield the setup of Vorbis or FLAC when it holds comments."""
    old = data[at:end]
    new = old
    first, last = old.find(comments.VORBIS), old.find(SETUP)
    if old[:4] == b"fLaC":
        new = old[:4] + comments.empty_flac(old[4:])
    elif 0 < first < last:
        new = old[:first] + comments.empty_vorbis(old[first:last]) + old[last:]
    if new != old:
        yield Blank(at, end - at, new)


def _void_checksum(data: Source, master: Element) -> Iterator[Blank]:
    """Yield the master's checksum, which is not true any more, as a void."""
    if data[master.content] == CRC:
        yield _void(master.content, master.content + 6)


def _void(at: int, end: int) -> Blank:
    length = end - at
    if length < LONG_VOID:
        return Blank(at, length, bytes([VOID, 0x80 | length - 2]))
    size = (1 << 56 | length - LONG_VOID).to_bytes(8, "big")
    return Blank(at, length, bytes([VOID]) + size)


def _says_nothing(data: Source, at: int, end: int, budget: Budget) -> bool:
    """Tell whether the tags hold nothing but the length and the name of a well-known encoder."""
    name = b""
    for element in elements(data, at, end, budget):
        stop = element.end or end
        if element.name in (TAG, SIMPLE_TAG):
            if not _says_nothing(data, element.content, stop, budget):
                return False
        elif element.name == TAG_NAME:
            name = bytes(data[element.content : stop]).upper()
        elif element.name == TAG_TEXT:
            value = data[element.content : stop]
            if name not in HARMLESS_TAGS or not (name == b"DURATION" or is_harmless(value)):
                return False
    return True


def _vint_length(first: int) -> int:
    return 9 - first.bit_length()
