"""
What a recorder writes into a file beside the sound: who, where, when and with which device.

Each format has a module that finds such places; what stands in them is blanked in place. The file keeps its length and the
sound its bytes and its offsets, so nothing is decoded, copied or moved. A file without such places is not changed at all.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from media.tags import matroska, mp3, mp4, ogg, wave
from media.tags.blanks import Blank, Source, TooManyParts

__all__ = ["Blank", "TooManyParts", "find_blanks"]

FINDERS: Final[Mapping[str, Callable[[Source], Iterable[Blank]]]] = {
    "mp3": mp3.find,
    "wav": wave.find,
    "m4a": mp4.find,
    "webm": matroska.find,
    "ogg": ogg.find,
}


def find_blanks(data: Source, *, audio_format: str) -> list[Blank]:
    """Return what to write over, none for a clean file; raise `TooManyParts` for one that no recorder makes."""
    return list(FINDERS[audio_format](data))
