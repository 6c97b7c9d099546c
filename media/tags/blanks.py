"""What all formats share: a place to write over, and names of programs that tell nothing of a person."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Source = bytes | mmap.mmap

MOST_PARTS: Final = (
    200_000  # boxes, elements or pages: half an hour in pieces of 20 ms has half of it
)
HARMLESS: Final = re.compile(  # encoders and browsers, as common as the User-Agent; no device, no system
    r"(Lav[fc][\d.]*( \w+)?|LAME *[\d.]*\w*|Xiph\.Org libVorbis.*|libopus[ \w.,-]*|Chrome|Mozilla[\d.]*"
    r"|libwebm-[\d.]+|QT(muxing|writing)AppLibWebM-[\d.]+|SoundHandler|VideoHandler)?",
    re.ASCII,
)


class TooManyParts(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The file is cut into more parts than any recorder makes; we do not go through them."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A place in the file, and what is to stand there: `content`, and zeros up to the end of the place."""

    at: int
    length: int
    content: bytes = b""

    @property
    def filled(self) -> bytes:
        """Return the bytes, as many as there were."""
        return self.content.ljust(self.length, b"\0")


class Budget:
    """Counts the parts of one file."""

    def __init__(self) -> None:
        self.left = MOST_PARTS

    def spend(self) -> None:
        """Count one more; raise `TooManyParts`."""
        self.left -= 1
        if self.left < 0:
            raise TooManyParts


def is_harmless(value: bytes) -> bool:
    """Tell whether this names nothing but a well-known program."""
    text = value.strip(b" \0\3").decode("utf-8", "replace")
    return HARMLESS.fullmatch(text) is not None


def erase(data: Source, at: int, end: int) -> Iterator[Blank]:
    """Yield the place as zeros, unless it is so already."""
    end = min(end, len(data))
    if at < end and data[at:end].strip(b"\0"):
        yield Blank(at, end - at)
