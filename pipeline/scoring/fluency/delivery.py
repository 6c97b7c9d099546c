"""Measurements of delivery: pauses, pace and fillers, and the points they give."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.values import Span, Transcript
from pipeline.scoring.curves import interpolate, mean
from pipeline.scoring.thresholds import (
    FILLER_CURVE,
    FLUENCY_SHARES,
    FLUENCY_SHARES_UNPROMPTED,
    LONG_PAUSE,
    LONGEST_PAUSE_CURVE,
    MEAN_PAUSE_CURVE,
    MEAN_PAUSE_SHARE,
    PACE_CURVE,
    PACE_WINDOW,
    REPETITION_CURVE,
    SHORTEST_PAUSE,
    SHOWN_PAUSES,
)
from pipeline.scoring.transcript import Passage, Script

WORDS_BESIDE = 4  # shown on each side of a pause


@dataclass(frozen=True, slots=True)
class Pauses:
    """What the silences of an answer come to, in seconds."""

    count: int
    long_count: int
    mean: float
    longest: float
    total: float
    latency: float  # from the recording's beginning to the first sound of speech
    longest_gaps: tuple[Span, ...]  # longest first


def measure_pauses(transcript: Transcript) -> Pauses | None:
    """Return the silences between spans of speech; None without any span."""
    if not transcript.speech:
        return None
    gaps = find_gaps(transcript.speech)
    lengths = [gap.end - gap.start for gap in gaps]
    ranked = sorted(gaps, key=lambda gap: (gap.start - gap.end, gap.start))
    return Pauses(
        count=len(gaps),
        long_count=sum(length >= LONG_PAUSE for length in lengths),
        mean=mean(lengths),
        longest=max(lengths, default=0.0),
        total=sum(lengths),
        latency=max(0.0, min(span.start for span in transcript.speech)),
        longest_gaps=tuple(ranked[:SHOWN_PAUSES]),
    )


def find_gaps(speech: Sequence[Span]) -> list[Span]:
    """Return the silences of `SHORTEST_PAUSE` or more between the spans, in order."""
    ordered = sorted(speech, key=lambda span: span.start)
    gaps: list[Span] = []
    reached = ordered[0].end if ordered else 0.0
    for span in ordered[1:]:
        if span.start - reached >= SHORTEST_PAUSE:
            gaps.append(Span(start=reached, end=span.start))
        reached = max(reached, span.end)
    return gaps


def pace_curve(script: Script) -> list[dict[str, float]]:
    """Return the words a minute of each `PACE_WINDOW` seconds, fillers left out."""
    starts = [start for index in script.spoken if (start := script.words[index].start) is not None]
    ends = [word.end for word in script.words if word.end is not None]
    if not starts or not ends:
        return []
    begin, end = starts[0], max(ends)
    windows = max(1, round((end - begin) / PACE_WINDOW))
    length = (end - begin) / windows
    if length <= 0.0:
        return []
    counts = [0] * windows
    for start in starts:
        counts[min(windows - 1, max(0, int((start - begin) / length)))] += 1
    return [
        {
            "start_seconds": round(begin + number * length, 2),
            "end_seconds": round(begin + (number + 1) * length, 2),
            "words_per_minute": round(60.0 * count / length, 1),
        }
        for number, count in enumerate(counts)
    ]


def words_around(script: Script, gap: Span) -> Passage | None:
    """Return the words on both sides of a silence; None where words have no times."""
    middle = (gap.start + gap.end) / 2
    timed = [index for index, word in enumerate(script.words) if word.start is not None]
    before = [index for index in timed if (script.words[index].start or 0.0) < middle]
    after = [index for index in timed if (script.words[index].start or 0.0) >= middle]
    if not before or not after:
        return None
    last, following = before[-1], after[0]
    if following <= last:  # times that run backwards show no place
        return None
    first = max(last - WORDS_BESIDE + 1, 0)
    return script.passage(first, min(following + WORDS_BESIDE - 1, len(script.words) - 1))


@dataclass(frozen=True, slots=True)
class Delivery:
    """The measures that the fluency score reads."""

    words_per_minute: float  # fillers left out, pauses counted
    fillers_per_100_words: float
    mean_pause: float | None  # seconds; None without the detector's spans
    longest_pause: float | None  # seconds
    repetitions_per_100_words: float
    hears_fillers: bool  # False: the recogniser drops them


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the fluency score."""

    name: str  # "pace" | "fillers" | "pauses" | "repetitions"
    score: float  # 0..100
    share: float  # 0..1; the shares add up to 1

    @property
    def points(self) -> float:
        return self.score * self.share


def fluency_parts(delivery: Delivery) -> list[Part]:
    """Return the parts of the score; what could not be measured leaves its share to the rest."""
    scores = {"pace": interpolate(delivery.words_per_minute, PACE_CURVE)}
    if delivery.mean_pause is not None and delivery.longest_pause is not None:
        mean_score = interpolate(delivery.mean_pause, MEAN_PAUSE_CURVE)
        longest_score = interpolate(delivery.longest_pause, LONGEST_PAUSE_CURVE)
        scores["pauses"] = MEAN_PAUSE_SHARE * mean_score + (1 - MEAN_PAUSE_SHARE) * longest_score
    if delivery.hears_fillers:
        scores["fillers"] = interpolate(delivery.fillers_per_100_words, FILLER_CURVE)
        scores["repetitions"] = interpolate(delivery.repetitions_per_100_words, REPETITION_CURVE)
    shares = FLUENCY_SHARES if delivery.hears_fillers else FLUENCY_SHARES_UNPROMPTED
    whole = sum(shares[name] for name in scores)
    return [Part(name, score, shares[name] / whole) for name, score in scores.items()]
