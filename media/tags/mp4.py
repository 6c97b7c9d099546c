"""Boxes of M4A files that are not sound: user data, metadata, XMP, left-overs, names of handlers and times of making."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from media.tags.blanks import Blank, Budget, Source, erase, is_harmless

CONTAINERS: Final = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex", b"edts", b"dinf"}
)
TALKING: Final = frozenset(
    {b"udta", b"meta", b"uuid", b"free", b"skip", b"emsg", b"prft", b"ID32", b"cprt", b"pdin"}
)
TIMED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
PADDING: Final = b"free"
HANDLER_NAME: Final = 24  # bytes from the content of `hdlr` to the name
ENCODER: Final = b"\xa9too"
DATA_HEAD: Final = 16  # of an item's `data` box


class Box(NamedTuple):
    """Where a box lies."""

    kind: bytes
    at: int
    content: int
    end: int


def find(data: Source) -> Iterator[Blank]:
    """Yield boxes that talk, as padding, and the times of making as unknown."""
    yield from _walk(data, 0, len(data), Budget())


def boxes(data: Source, at: int, end: int, budget: Budget) -> Iterator[Box]:
    """Yield the boxes that follow each other here; a broken one is the last."""
    while at + 8 <= end:
        budget.spend()
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield Box(bytes(data[at + 4 : at + 8]), at, at + head, min(at + size, end))
        at += size


def _walk(data: Source, at: int, end: int, budget: Budget) -> Iterator[Blank]:
    for box in boxes(data, at, end, budget):
        if box.kind in CONTAINERS:
            yield from _walk(data, box.content, box.end, budget)
        elif box.kind in TALKING:
            yield from _hush(data, box, budget)
        elif box.kind in TIMED:
            length = 16 if data[box.content : box.content + 1] == b"\1" else 8
            yield from erase(data, box.content + 4, min(box.content + 4 + length, box.end))
        elif box.kind == b"hdlr":
            yield from _hush_handler(data, box)


def _hush(data: Source, box: Box, budget: Budget) -> Iterator[Blank]:
    if box.kind == b"udta" and _says_nothing(data, box, budget):
        return
    if box.kind != PADDING:
        yield Blank(box.at + 4, 4, PADDING)
    yield from erase(data, box.content, box.end)


def _hush_handler(data: Source, box: Box) -> Iterator[Blank]:
    name = data[box.content + HANDLER_NAME : box.end]
    if not is_harmless(name):
        yield from erase(data, box.content + HANDLER_NAME, box.end)


def _says_nothing(data: Source, udta: Box, budget: Budget) -> bool:
    """Tell whether it is one list of tags, in which a well-known encoder names itself and nobody else."""
    for meta in boxes(data, udta.content, udta.end, budget):
        if meta.kind != b"meta":
            return False
        for part in boxes(data, meta.content + 4, meta.end, budget):
            if part.kind == b"ilst":
                items = list(boxes(data, part.content, part.end, budget))
                if not all(_is_encoder(data, item) for item in items):
                    return False
            elif part.kind != b"hdlr":
                return False
    return True


def _is_encoder(data: Source, item: Box) -> bool:
    return item.kind == ENCODER and is_harmless(data[item.content + DATA_HEAD : item.end])
