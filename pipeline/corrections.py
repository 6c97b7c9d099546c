"""A person puts a transcript right: the words are kept beside what was heard, and the answer is judged anew."""

from dataclasses import asdict
from typing import Any, Final

from django.db import transaction

from interview_platform.errors import Conflict, Detail, Invalid
from pipeline import quotas, records, services
from pipeline.models import PastEvaluation, PipelineRun, Stage, TranscriptRecord
from pipeline.selectors_board import has_passed
from pipeline.stages.correction import Correction, correct
from pipeline.values import Transcript

State = PipelineRun.State

WORDS_PER_SECOND: Final = 6  # nobody speaks faster for longer than a breath
WORDS_AT_LEAST: Final = 60  # are always allowed


class NotYetCorrectable(Conflict):
    """The answer is still being worked on, or a newer one took its place."""

    code = "not_finished"
    message = "This answer is not finished: its transcript cannot be corrected now"


def correct_transcript(run: PipelineRun, *, text: str) -> Correction:
    """
    Keep `text` as what was said and have the answer judged anew; return how it differs from what was heard.

    The same text again changes nothing; what was heard, word by word, takes the correction back. A change counts as an
    answer. Raise `NotYetCorrectable`, `OverQuota`, or `Invalid` for more words than the recording has time for.
    The texts are compared before the transaction: SQLite lets nobody else write while it is open.
    """
    heard = records.heard_of(_correctable(run))
    _require_time_for(text, heard)
    correction = correct(heard, text)
    with transaction.atomic():
        stored = services.lock_run(run)
        kept = _correctable(stored)
        if records.heard_of(kept) != heard:  # it was transcribed again meanwhile
            raise NotYetCorrectable
        if correction.transcript.text != " ".join(kept.text.split()):
            quotas.take_answer(stored.session.owner_id)
            _keep(kept, correction, heard)
            services.judge_again(stored, why=PastEvaluation.Why.TRANSCRIPT)
    return correction


def _correctable(run: PipelineRun) -> TranscriptRecord:
    """Return the transcript of an answer that is finished; raise `NotYetCorrectable`."""
    kept = TranscriptRecord.objects.filter(run=run).first()
    if run.state not in {State.COMPLETED, State.FAILED} or kept is None:
        raise NotYetCorrectable
    if not has_passed(run, Stage.TRANSCRIBE):
        raise NotYetCorrectable
    return kept


def correction_body(correction: Correction) -> dict[str, Any]:
    """Return the difference as it goes out."""
    return {
        "kept": correction.kept,
        "removed": correction.removed,
        "added": correction.added,
        "changes": [asdict(change) for change in correction.changes],
    }


def _require_time_for(text: str, heard: Transcript) -> None:
    if not heard.words:
        return
    most = max(WORDS_AT_LEAST, round(WORDS_PER_SECOND * heard.duration))
    if len(text.split()) > most:
        message = f"More than {most} words cannot have been said in this recording."
        raise Invalid(details=(Detail("transcript", message, "too_long"),))


def _keep(kept: TranscriptRecord, correction: Correction, heard: Transcript) -> None:
    restored = not correction.changes
    made = heard if restored else correction.transcript
    kept.heard = None if restored else _rows(heard)
    kept.text = made.text
    kept.word_count, kept.confidence = made.word_count, made.confidence
    kept.words, kept.segments = _rows(made)["words"], _rows(made)["segments"]
    kept.save()


def _rows(transcript: Transcript) -> dict[str, Any]:
    return {
        "text": transcript.text,
        "words": [[w.text, w.start, w.end, w.probability] for w in transcript.words],
        "segments": [[part.text, part.start, part.end] for part in transcript.segments],
    }
