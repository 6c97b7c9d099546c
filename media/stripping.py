"""Takes out of a received recording, before it is kept, what its recorder wrote beside the sound (see `media.tags`)."""

import hashlib
import logging
import mmap
from typing import Final

from media.receiving import ReceivedFile
from media.tags import TooManyParts, find_blanks

logger = logging.getLogger(__name__)

LEAST_BYTES: Final = 16  # below it there is nothing, and no memory to map


def strip_tags(file: ReceivedFile, *, audio_format: str) -> int:
    """
    Blank names, places, times and devices in the received file; return how many places there were.

    `sha256` stays the hash of what was sent, `kept_sha256` becomes that of what is kept. A file that is cut into absurdly many
    parts stays as it is, and the log says so. Raise `OSError` for the disk's trouble.
    """
    if (file.size or 0) < LEAST_BYTES:
        return 0
    file.spool.flush()
    with mmap.mmap(file.spool.fileno(), 0) as data:
        try:
            blanks = find_blanks(data, audio_format=audio_format)
        except TooManyParts:
            logger.warning("A recording keeps its tags: it has too many parts to look through")
            return 0
        for blank in blanks:
            data[blank.at : blank.at + blank.length] = blank.filled
        if blanks:
            data.flush()
            file.kept_sha256 = hashlib.sha256(data).hexdigest()
    return len(blanks)
