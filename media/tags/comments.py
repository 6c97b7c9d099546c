"""Vorbis comments, as Opus, Vorbis, Speex and FLAC carry them, emptied without a change of their length."""

from collections.abc import Iterator
from typing import Final

from media.tags.blanks import is_harmless

OPUS: Final = b"OpusTags"
VORBIS: Final = b"\3vorbis"
FLAC_COMMENT, FLAC_PADDING = 4, 1
FLAC_KEPT: Final = (0, 1, 3)  # stream info, padding, seek table
LAST: Final = 0x80
HEAD: Final = 4  # of a FLAC block
ENCODER: Final = b"ENCODER="


def empty_opus(packet: bytes) -> bytes:
    """Return the tags without a word in them; the rest is padding."""
    return _emptied(packet, prefix=OPUS)


def empty_vorbis(packet: bytes) -> bytes:
    """Return the comment header without a word in it: the program's name, made of blanks, fills it."""
    filler = len(packet) - len(VORBIS) - 9
    if filler < 0 or _says_nothing(packet[len(VORBIS) : -1]):
        return packet
    return VORBIS + filler.to_bytes(4, "little") + b" " * filler + bytes(4) + b"\1"


def empty_speex(packet: bytes) -> bytes:
    """Return the comments without a word in them."""
    return _emptied(packet, prefix=b"")


def empty_flac(blocks: bytes) -> bytes:
    """Return FLAC's blocks of metadata, with those that talk turned to padding; they may end in the middle."""
    done, at = b"", 0
    while at + HEAD <= len(blocks):
        flag, length = blocks[at], int.from_bytes(blocks[at + 1 : at + HEAD], "big")
        content = blocks[at + HEAD : at + HEAD + length]
        kind = flag & ~LAST
        if kind == FLAC_COMMENT:
            content = _emptied(content, prefix=b"")
        elif kind not in FLAC_KEPT:
            flag, content = flag & LAST | FLAC_PADDING, bytes(len(content))
        done += bytes([flag]) + blocks[at + 1 : at + HEAD] + content
        at += HEAD + length
    return done + blocks[len(done) :]


def _emptied(packet: bytes, *, prefix: bytes) -> bytes:
    if len(packet) < len(prefix) + 8 or _says_nothing(packet[len(prefix) :]):
        return packet
    return prefix + bytes(len(packet) - len(prefix))


def _says_nothing(comments: bytes) -> bool:
    """Tell whether only well-known encoders name themselves, and nothing stands after them."""
    parts = list(_parts(comments))
    end = 8 + sum(4 + len(part) for part in parts) - 4
    if any(comments[end:]):
        return False
    values = (part[len(ENCODER) :] if part.upper().startswith(ENCODER) else part for part in parts)
    return all(is_harmless(value) for value in values)


def _parts(comments: bytes) -> Iterator[bytes]:
    """Yield the program's name and each comment."""
    at, left = 0, 1
    is_first = True
    while left and at + 4 <= len(comments):
        length = int.from_bytes(comments[at : at + 4], "little")
        yield comments[at + 4 : at + 4 + length]
        at, left = at + 4 + length, left - 1
        if is_first:
            left, at, is_first = int.from_bytes(comments[at : at + 4], "little"), at + 4, False
