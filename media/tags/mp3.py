"""Tags of MP3 files: ID3v2 in front; ID3v1, APE and Lyrics3 behind."""

from collections.abc import Iterator
from typing import Final

from media.tags.blanks import Blank, Budget, Source, erase, is_harmless

ID3_HEADER: Final = 10
ID3V1: Final = 128
APE_FOOTER: Final = 32
APE: Final = b"APETAGEX"
APE_COUNT: Final = 16  # bytes from the mark to the number of items
LYRICS_BEGIN, LYRICS_END = b"LYRICSBEGIN", b"LYRICS200"
LYRICS_SIZE: Final = 6  # digits
ENCODER_FRAMES: Final = (b"TSSE", b"TSS")


def find(data: Source) -> Iterator[Blank]:
    """Yield the tags; an emptied ID3v2 tag stays as padding, so that the sound stays where it is."""
    budget = Budget()
    at = 0
    while data[at : at + 3] == b"ID3" and at + ID3_HEADER <= len(data):
        budget.spend()
        length = _syncsafe(data[at + 6 : at + 10])
        end = at + ID3_HEADER + length
        if not _says_nothing(data[at:end]):
            yield Blank(at + 5, 1)  # no extended header, no footer
            yield from erase(data, at + ID3_HEADER, end)
        at = end + (ID3_HEADER if data[end : end + 3] == b"3DI" else 0)
    yield from _behind(data, first=at)


def _behind(data: Source, *, first: int) -> Iterator[Blank]:
    """Yield what stands after the sound, from the end on; marks of tags stay, so that decoders know them as such."""
    end = len(data)
    if end - ID3V1 >= first and data[end - ID3V1 : end - ID3V1 + 3] == b"TAG":
        yield from erase(data, end - ID3V1 + 3, end)
        end -= ID3V1
    for _ in range(2):
        begin = end - (_ape_length(data, end) or _lyrics_length(data, end))
        if not first <= begin < end:
            return
        if data[end - len(LYRICS_END) : end] == LYRICS_END:
            yield from erase(data, begin + len(LYRICS_BEGIN), end - len(LYRICS_END) - LYRICS_SIZE)
        else:
            yield from _empty_ape(data, begin, end)
        end = begin


def _empty_ape(data: Source, begin: int, end: int) -> Iterator[Blank]:
    """Yield the items, and the number of them where it stands."""
    start = begin
    if data[begin : begin + 8] == APE:
        yield from erase(data, begin + APE_COUNT, begin + APE_COUNT + 4)
        start += APE_FOOTER
    yield from erase(data, start, end - APE_FOOTER)
    yield from erase(data, end - APE_FOOTER + APE_COUNT, end - APE_FOOTER + APE_COUNT + 4)


def _ape_length(data: Source, end: int) -> int:
    footer = data[max(0, end - APE_FOOTER) : end]
    if footer[:8] != APE or len(footer) < APE_FOOTER:
        return 0
    has_header = bool(footer[23] & 0x80)
    return int.from_bytes(footer[12:16], "little") + (APE_FOOTER if has_header else 0)


def _lyrics_length(data: Source, end: int) -> int:
    if data[max(0, end - len(LYRICS_END)) : end] != LYRICS_END:
        return 0
    digits = data[max(0, end - len(LYRICS_END) - LYRICS_SIZE) : end - len(LYRICS_END)]
    return int(digits) + LYRICS_SIZE + len(LYRICS_END) if digits.isdigit() else 0


def _syncsafe(size: bytes) -> int:
    return size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]


def _says_nothing(tag: bytes) -> bool:
    """Tell whether the tag holds only the name of a well-known encoder."""
    version, at = tag[3], ID3_HEADER
    head, name = (6, 3) if version == 2 else (10, 4)  # noqa: PLR2004 - ID3v2.2 has shorter frames
    if tag[5]:
        return False
    while at + head <= len(tag) and tag[at]:
        size = tag[at + name : at + 2 * name]
        length = int.from_bytes(size, "big") if version < 4 else _syncsafe(size)  # noqa: PLR2004 - since ID3v2.4
        value = tag[at + head + 1 : at + head + length]
        if tag[at : at + name] not in ENCODER_FRAMES or not is_harmless(value):
            return False
        at += head + length
    return not tag[at:].strip(b"\0")
