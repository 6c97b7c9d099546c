"""Chunks of WAV files that are not sound: LIST, bext, iXML, id3 and whatever else recorders add."""

from collections.abc import Iterator
from typing import Final

from media.tags.blanks import Blank, Budget, Source, erase, is_harmless

FIRST_CHUNK: Final = 12
HEAD: Final = 8
SOUND: Final = frozenset({b"fmt ", b"fact", b"data", b"ds64"})
PADDING: Final = b"JUNK"


def find(data: Source) -> Iterator[Blank]:
    """Yield each chunk that decoding does not need, as padding."""
    budget = Budget()
    at = FIRST_CHUNK
    while at + HEAD <= len(data):
        budget.spend()
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + HEAD + size
        if name not in SOUND and not _says_nothing(data[at : min(end, len(data))]):
            if name != PADDING:
                yield Blank(at, 4, PADDING)
            yield from erase(data, at + HEAD, end)
        at = end + size % 2


def _says_nothing(chunk: bytes) -> bool:
    """Tell whether it is a list with the name of a well-known encoder alone."""
    return (
        chunk[:4] == b"LIST"
        and chunk[8:16] == b"INFOISFT"
        and len(chunk) - 20 <= int.from_bytes(chunk[16:20], "little") + 1
        and is_harmless(chunk[20:])
    )
