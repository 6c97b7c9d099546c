"""
Removal of metadata from a received recording: names, places, times, devices, pictures.

The bounded child that probes the recording copies its sound into a new container. The copy replaces
what was sent only if it decodes to the same samples; else every byte is kept as it came.
"""

import hashlib
from pathlib import Path
from typing import IO

from media.receiving import ReceivedFile, close
from media.storage import open_spool
from pipeline.domain.values import AudioFacts
from pipeline.providers import registry


def probe_and_strip(file: ReceivedFile, *, audio_format: str) -> AudioFacts:
    """
    Return what the recording holds, and replace it by its copy without metadata if there is one.

    Raise what `AudioProbe` raises, and `OSError` for a fault of the disk.
    """
    copy = open_spool()
    try:
        facts = registry.audio_probe().probe(
            Path(file.temporary_file_path()), audio_format=audio_format, copy=Path(copy.name)
        )
        if facts.is_copied:
            copy = _replace(file, copy)
    finally:
        close(copy)
    return facts


def _replace(file: ReceivedFile, copy: IO[bytes]) -> IO[bytes]:
    """Give the file the copy as its content, and return what was sent; `sha256` stays of that."""
    with Path(copy.name).open("rb") as written:
        file.kept_sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    sent = file.spool
    file.spool = file.file = copy
    return sent
