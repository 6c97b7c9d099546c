"""The comment packets of Ogg files."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from media.tags import comments
from media.tags.blanks import Blank, Budget, Source

CAPTURE: Final = b"OggS"
HEAD: Final = 27
FIRST_PAGE: Final = 0x02  # a flag: a stream begins here
CHECKSUM: Final = slice(22, 26)
FULL: Final = 255  # a piece of this length goes on in the next
REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
ALL_ONES: Final = 0xFFFFFFFF

Emptier = Callable[[bytes], bytes]
EMPTIERS: Final[tuple[tuple[bytes, Emptier], ...]] = (
    (b"OpusHead", comments.empty_opus),
    (b"\1vorbis", comments.empty_vorbis),
    (b"Speex   ", comments.empty_speex),
    (b"\x7fFLAC", comments.empty_flac),
)


@dataclass(slots=True)
class Stream:
    """One stream's first packets."""

    pieces: list[tuple[int, int]] = field(default_factory=list)  # of the present packet: from, to
    packets: int = 0
    empty: Emptier | None = None
    is_heard: bool = False  # from here on there is sound


def find(data: Source) -> Iterator[Blank]:
    """Yield the comments, emptied, and the checksums of the pages that they stand on."""
    blanks: list[Blank] = []
    pages: list[tuple[int, int]] = []
    streams: dict[bytes, Stream] = {}
    for at, end in _pages(data):
        pages.append((at, end))
        serial = bytes(data[at + 14 : at + 18])
        if data[at + 5] & FIRST_PAGE:
            streams[serial] = Stream()
        stream = streams.get(serial)
        if stream is not None and not stream.is_heard:
            blanks += _read_page(data, at, stream)
    yield from blanks
    yield from _checksums(data, pages, blanks)


def checksum(page: bytes) -> int:
    """Return the page's CRC: the polynomial of zlib, with the bits the other way round."""
    mirrored = zlib.crc32(page.translate(REVERSED), ALL_ONES) ^ ALL_ONES
    return int(f"{mirrored:032b}"[::-1], 2)


def _pages(data: Source) -> Iterator[tuple[int, int]]:
    budget = Budget()
    at = data.find(CAPTURE)
    while at >= 0:
        budget.spend()
        table = data[at + HEAD : at + HEAD + data[at + 26]] if at + HEAD <= len(data) else b""
        end = at + HEAD + len(table) + sum(table)
        if not table or end > len(data):
            end = at + len(CAPTURE)  # no page, or one that breaks off
        else:
            yield at, end
        at = data.find(CAPTURE, end)


def _read_page(data: Source, at: int, stream: Stream) -> Iterator[Blank]:
    count = data[at + 26]
    start = at + HEAD + count
    for length in data[at + HEAD : at + HEAD + count]:
        stream.pieces.append((start, start + length))
        start += length
        if length < FULL:
            yield from _end_packet(data, stream)
            if stream.is_heard:
                return


def _end_packet(data: Source, stream: Stream) -> Iterator[Blank]:
    packet = b"".join(data[begin:end] for begin, end in stream.pieces)
    if stream.packets == 0:
        stream.empty = next((empty for magic, empty in EMPTIERS if packet.startswith(magic)), None)
        stream.is_heard = stream.empty is None
    elif stream.empty is not None:
        yield from _difference(stream.pieces, packet, stream.empty(packet))
        is_last = stream.empty is not comments.empty_flac or bool(packet[0] & comments.LAST)
        stream.is_heard = is_last
    stream.packets += 1
    stream.pieces = []


def _difference(pieces: list[tuple[int, int]], old: bytes, new: bytes) -> Iterator[Blank]:
    done = 0
    for begin, end in pieces:
        piece = slice(done, done + end - begin)
        if old[piece] != new[piece]:
            yield Blank(begin, end - begin, new[piece])
        done = piece.stop


def _checksums(data: Source, pages: list[tuple[int, int]], blanks: list[Blank]) -> Iterator[Blank]:
    left = list(reversed(blanks))  # both are in the order of the file, but for streams that mingle
    left.sort(key=lambda blank: blank.at, reverse=True)
    for at, end in pages:
        if not left:
            return
        page, touched = bytearray(), False
        while left and left[-1].at < end:
            blank = left.pop()
            page = page or bytearray(data[at:end])
            page[blank.at - at : blank.at - at + blank.length] = blank.filled
            touched = True
        if touched:
            page[CHECKSUM] = bytes(4)
            yield Blank(at + CHECKSUM.start, 4, checksum(bytes(page)).to_bytes(4, "little"))
