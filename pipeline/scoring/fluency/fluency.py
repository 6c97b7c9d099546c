"""How smoothly the answer was spoken: pace, fillers, pauses, repetitions."""

from bisect import bisect_left
from collections.abc import Sequence

from pipeline.domain.values import Explanation, Transcript
from pipeline.scoring.confidence import fluency_interval
from pipeline.scoring.curves import as_score
from pipeline.scoring.explain import Finding, Measure, explain
from pipeline.scoring.fluency.delivery import (
    Delivery,
    Part,
    Pauses,
    fluency_parts,
    measure_pauses,
    pace_curve,
    words_around,
)
from pipeline.scoring.thresholds import GOOD_PACE, MIN_WORDS, PACE_LANGUAGES, QUOTE_WORDS
from pipeline.scoring.transcript import Passage, Script, count_fillers


def judge_fluency(script: Script, *, transcript: Transcript) -> Finding:
    """Return 0-100 from timing; None when there are too few words or no times to measure."""
    spoken = len(script.spoken)
    pauses = measure_pauses(transcript)
    seconds = speaking_seconds(script, transcript)
    if spoken < MIN_WORDS or seconds <= 0.0:
        reason = "too_short" if spoken < MIN_WORDS else "no_word_times"
        return Finding(score=None, reason=reason)
    delivery = measure_delivery(script, transcript, pauses=pauses, seconds=seconds)
    measures = _measures(script, transcript, delivery, pauses, seconds)
    if (
        transcript.language not in PACE_LANGUAGES
    ):  # a comfortable pace in words is another one there
        return Finding(score=None, reason="language_not_supported", measures=measures)
    parts = fluency_parts(delivery)
    score = as_score(sum(part.points for part in parts))
    return Finding(
        score=score,
        explanations=_explanations(script, delivery, parts, pauses),
        measures=measures,
        interval=fluency_interval(score, delivery),
    )


def measure_delivery(
    script: Script, transcript: Transcript, *, pauses: Pauses | None, seconds: float
) -> Delivery:
    """Return the measures of one answer."""
    spoken = len(script.spoken)
    fillers = sum(count_fillers(script.fillers).values())
    return Delivery(
        words_per_minute=60.0 * spoken / seconds,
        fillers_per_100_words=100.0 * fillers / spoken,
        mean_pause=pauses.mean if pauses else None,
        longest_pause=pauses.longest if pauses else None,
        repetitions_per_100_words=100.0 * len(script.repeats) / spoken,
        hears_fillers=transcript.filler_detection == "prompted",
    )


def speaking_seconds(script: Script, transcript: Transcript) -> float:
    """Return the seconds from the first word to the last; the recording's where words have no times."""
    starts = [word.start for word in script.words if word.start is not None]
    ends = [word.end for word in script.words if word.end is not None]
    if starts and ends and max(ends) > min(starts):
        return max(ends) - min(starts)
    return transcript.duration


def _measures(
    script: Script,
    transcript: Transcript,
    delivery: Delivery,
    pauses: Pauses | None,
    seconds: float,
) -> dict[str, object]:
    voiced = seconds - pauses.total if pauses else None
    return {
        "words": len(script.spoken),
        "speaking_seconds": round(seconds, 2),
        "words_per_minute": round(delivery.words_per_minute, 1),
        "articulation_words_per_minute": (
            round(60.0 * len(script.spoken) / voiced, 1) if voiced and voiced > 0 else None
        ),
        "filler_detection": transcript.filler_detection,
        "fillers_per_100_words": round(delivery.fillers_per_100_words, 2),
        "filler_counts": count_fillers(script.fillers),
        "repetitions_per_100_words": round(delivery.repetitions_per_100_words, 2),
        "pace_curve": pace_curve(script),
        "latency_seconds": _latency(script, pauses),
        "pause_count": pauses.count if pauses else None,
        "long_pause_count": pauses.long_count if pauses else None,
        "mean_pause_seconds": round(pauses.mean, 2) if pauses else None,
        "longest_pause_seconds": round(pauses.longest, 2) if pauses else None,
        "longest_pauses": [
            {"start_seconds": round(gap.start, 2), "end_seconds": round(gap.end, 2)}
            for gap in (pauses.longest_gaps if pauses else ())
        ],
    }


def _latency(script: Script, pauses: Pauses | None) -> float | None:
    if pauses is not None:
        return round(pauses.latency, 2)
    starts = [word.start for word in script.words if word.start is not None]
    return round(min(starts), 2) if starts else None


def _explanations(
    script: Script, delivery: Delivery, parts: Sequence[Part], pauses: Pauses | None
) -> tuple[Explanation, ...]:
    rows = []
    for part in parts:
        measure, message, passage = _reading(script, delivery, part.name, pauses)
        rows.append(
            explain(
                "fluency",
                part.name,
                measure=measure,
                points=part.points,
                message=f"{message} ({part.points:.1f} of {100 * part.share:.0f} points.)",
                passage=passage,
            )
        )
    return tuple(rows)


def _reading(
    script: Script, delivery: Delivery, part: str, pauses: Pauses | None
) -> tuple[Measure, str, Passage | None]:
    if part == "pace":
        return _pace_reading(script, delivery)
    if part == "fillers":
        return _filler_reading(script, delivery)
    if part == "repetitions":
        return _repetition_reading(script, delivery)
    gap = pauses.longest_gaps[0] if pauses and pauses.longest_gaps else None
    return (
        Measure(delivery.longest_pause, "s"),
        (
            f"Your longest silence lasted {delivery.longest_pause or 0.0:.1f} s, between the quoted words."
            if gap
            else "No silence was long enough to count as a pause."
        ),
        words_around(script, gap) if gap else None,
    )


def _pace_reading(script: Script, delivery: Delivery) -> tuple[Measure, str, Passage | None]:
    slow, fast = GOOD_PACE
    pace = delivery.words_per_minute
    verdict = "comfortable to follow"
    if pace < slow:
        verdict = f"slower than the {slow} to {fast} that listeners rate best"
    elif pace > fast:
        verdict = f"faster than the {slow} to {fast} that listeners rate best"
    message = f"You spoke {pace:.0f} words a minute, {verdict}."
    return Measure(pace, "words/min"), message, script.smoothest(words=QUOTE_WORDS)


def _filler_reading(script: Script, delivery: Delivery) -> tuple[Measure, str, Passage | None]:
    counts = count_fillers(script.fillers)
    shown = ", ".join(
        f"\u201c{name}\u201d {count}\u00d7" for name, count in list(counts.items())[:3]
    )
    message = f"Fillers: {shown}." if shown else "No fillers were heard."
    return (
        Measure(delivery.fillers_per_100_words, "per 100 words"),
        message,
        _densest_fillers(script),
    )


def _densest_fillers(script: Script) -> Passage | None:
    if not script.fillers:
        return None
    reach = 8  # words shown
    places = sorted(script.fillers)
    first = max(
        places,
        key=lambda begin: (
            bisect_left(places, begin + reach) - bisect_left(places, begin),
            -begin,
        ),
    )
    return script.passage(first, min(first + reach - 1, len(script.words) - 1))


def _repetition_reading(script: Script, delivery: Delivery) -> tuple[Measure, str, Passage | None]:
    passage = None
    message = "No words were said twice in a row."
    if script.repeats:
        first, last = script.repeats[0]
        passage = script.passage(first, min(2 * last - first + 1, len(script.words) - 1))
        message = f"Words said twice in a row: {len(script.repeats)}\u00d7."
    return Measure(delivery.repetitions_per_100_words, "per 100 words"), message, passage
