"""The whole decision about an upload, on files that want to hurt: signature, bounded probe, and the worker's decoder."""

import hashlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from interview_platform.errors import Refused
from media.audio_files import HEAD_BYTES
from media.receiving import ReceivedFile
from media.services import probe
from media.storage import SPOOL_PREFIX
from pipeline.domain.ports import PermanentError, StageError
from pipeline.providers.audio import sandbox

SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a file, and how long it took to say."""

    seconds: float  # of the upload's decision; the worker's decoder comes after it
    refusal: str | None = None  # the upload's, None: accepted
    late_refusal: str | None = None  # the decoder's
    trouble: str = ""  # what would be a 5xx, or a worker that tries again

    @property
    def is_our_fault(self) -> bool:
        """Tell whether a client would see an error of the server's."""
        return bool(self.trouble)


def decide(content: bytes, *, folder: Path) -> Verdict:
    """Return what is made of these bytes, with the file lying in this folder while it is probed."""
    with tempfile.NamedTemporaryFile(prefix=SPOOL_PREFIX, dir=folder) as spool:
        spool.write(content)
        spool.flush()
        received = ReceivedFile(
            spool,
            size=len(content),
            head=content[:HEAD_BYTES],
            sha256=hashlib.sha256(content).hexdigest(),
        )
        began = time.monotonic()
        try:
            facts = probe(received)
        except Refused as refusal:
            return _refused(refusal, seconds=time.monotonic() - began)
        seconds = time.monotonic() - began
        with received.spool as kept:  # the copy without metadata, if there is one
            return _decoded(Path(kept.name), audio_format=facts.format, seconds=seconds)


def _refused(refusal: Refused, *, seconds: float) -> Verdict:
    if refusal.status >= SERVER_ERROR:
        return Verdict(seconds, trouble=f"{refusal.status}: {refusal.__cause__}")
    return Verdict(seconds, refusal=refusal.details[0].code)


def _decoded(path: Path, *, audio_format: str, seconds: float) -> Verdict:
    """Do what a worker would: a refusal is final and told to the client, anything else would be tried again."""
    try:
        sandbox.decode(path, audio_format=audio_format, max_seconds=settings.MAX_AUDIO_SECONDS)
    except PermanentError as refusal:
        return Verdict(seconds, late_refusal=refusal.code)
    except StageError as trouble:
        return Verdict(seconds, trouble=str(trouble))
    return Verdict(seconds)
