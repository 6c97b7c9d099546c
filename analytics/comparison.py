"""Two sessions, or two attempts at a question, side by side. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from analytics.areas import MEASURES
from analytics.values import Comparison, Delivery, Difference, Side, Slip, WordChange, WordChanges
from pipeline.domain.values import METRICS
from pipeline.scoring.curves import one_decimal
from pipeline.scoring.transcript_diff import Run, common_runs

MIN_KEPT: Final = 2  # words in a row; a single word that stayed between two changes is chance
SHOWN_PHRASES: Final = 3
MIN_PHRASE: Final = 3  # words; shorter ones say nothing by themselves
PHRASE_WORDS: Final = 14  # shown of each
SPOKEN: Final = re.compile(r"\w+(?:['\u2019+#.-]\w+)*[+#]*")


def compare(
    kind: str,
    before: Side,
    after: Side,
    *,
    slips: tuple[Sequence[Slip], Sequence[Slip]],
    texts: tuple[str, str] | None,
) -> Comparison:
    """Return what changed from one side to the other, in numbers and in sentences."""
    scores = _score_differences(before, after)
    delivery = _delivery_differences(before.delivery, after.delivery)
    words = diff_words(*texts) if texts else None
    had, has = (_rules(rows) for rows in slips)
    return Comparison(
        kind=kind,
        before=before,
        after=after,
        scores=scores,
        delivery=delivery,
        mistakes_gone=tuple(sorted(had - has)),
        mistakes_new=tuple(sorted(has - had)),
        words=words,
        summary=_summarize(before, after, scores, words),
    )


def diff_words(before: str, after: str) -> WordChanges:
    """Return how the words changed; case and punctuation are the recogniser's, and no change."""
    old, new = before.split(), after.split()
    runs = common_runs([_plain(word) for word in old], [_plain(word) for word in new])
    changes, kept = [], 0
    begin_old = begin_new = 0
    for run in _kept_runs(runs, len(old), len(new)):
        at_old, at_new, size = run.at_old, run.at_new, run.size
        gone, come = old[begin_old:at_old], new[begin_new:at_new]
        if gone or come:
            changes.append(WordChange(before=" ".join(gone), after=" ".join(come)))
        kept += size
        begin_old, begin_new = at_old + size, at_new + size
    return WordChanges(
        kept=kept,
        removed=len(old) - kept,
        added=len(new) - kept,
        changes=tuple(changes),
        sentence=_tell_words(changes, kept=kept, total=len(new)),
    )


def _kept_runs(runs: Iterable[Run], old: int, new: int) -> Iterable[Run]:
    """Return the runs of words that stayed: at a text's ends a single word too, and at last its end."""
    for run in runs:
        ends = run.at_old + run.size, run.at_new + run.size
        at_end = (run.at_old, run.at_new) == (0, 0) or ends == (old, new)
        if run.size >= MIN_KEPT or at_end:
            yield run


def _tell_words(changes: Sequence[WordChange], *, kept: int, total: int) -> str:
    if not changes:
        return "You said the same words."
    if not total:
        return "Nothing was said this time."
    told = [f"{kept} of {total} words stayed."]
    for name, phrases in (
        ("New", _longest(change.after for change in changes)),
        ("Left out", _longest(change.before for change in changes)),
    ):
        if phrases:
            told.append(f"{name}: {', '.join(phrases)}.")
    return " ".join(told)


def _longest(phrases: Iterable[str]) -> list[str]:
    """Return the longest phrases in quotation marks, in the order in which they were said."""
    split = [phrase.split() for phrase in phrases]
    long = sorted((len(words) for words in split), reverse=True)[:SHOWN_PHRASES]
    least = max(MIN_PHRASE, min(long, default=0))
    shown = [words for words in split if len(words) >= least][:SHOWN_PHRASES]
    return [f"\u201c{_cut(words)}\u201d" for words in shown]


def _cut(words: Sequence[str]) -> str:
    shown = " ".join(words[:PHRASE_WORDS]).rstrip(".,;:!?")
    return f"{shown} \u2026" if len(words) > PHRASE_WORDS else shown


def _plain(word: str) -> str:
    found = SPOKEN.search(word)
    return (found.group() if found else word).casefold()


def _score_differences(before: Side, after: Side) -> tuple[Difference, ...]:
    pairs = [("overall", before.overall, after.overall)]
    pairs += [(name, before.scores[name], after.scores[name]) for name in METRICS]
    return tuple(_difference(name, "points of 100", old, new) for name, old, new in pairs)


def _delivery_differences(before: Delivery, after: Delivery) -> tuple[Difference, ...]:
    return tuple(
        _difference(name, unit, getattr(before, field), getattr(after, field), digits=2)
        for name, field, unit, _ in MEASURES
    )


def _difference(
    name: str, unit: str, old: float | None, new: float | None, *, digits: int = 1
) -> Difference:
    change = None
    if old is not None and new is not None:
        change = round(new - old, digits) + 0.0  # no negative zero
    return Difference(name=name, unit=unit, before=old, after=new, change=change)


def _rules(rows: Iterable[Slip]) -> set[str]:
    return {f"{row.metric}:{row.rule}" for row in rows}


def _summarize(
    before: Side, after: Side, scores: Sequence[Difference], words: WordChanges | None
) -> tuple[str, ...]:
    told = [_tell_overall(before, after, scores[0])]
    changes: Mapping[str, float] = {
        row.name: row.change for row in scores[1:] if row.change is not None
    }
    most = max(changes, key=lambda name: changes[name], default="")
    least = min(changes, key=lambda name: changes[name], default="")
    if most and changes[most] > 0:
        told.append(f"Most was gained in {most}: {changes[most]:+.1f}.")
    if least and changes[least] < 0:
        told.append(f"Most was lost in {least}: {changes[least]:+.1f}.")
    if words is not None:
        told.append(words.sentence)
    return tuple(told)


def _tell_overall(before: Side, after: Side, overall: Difference) -> str:
    for side in (before, after):
        if side.overall is None:
            return f"{side.label} has no grade, so there is no difference to tell."
    change = one_decimal(overall.change or 0.0)
    if not change:
        return f"The score stayed at {after.overall:.1f}."
    way = "up" if change > 0 else "down"
    return f"The score went {way} by {abs(change):.1f}, from {before.overall:.1f} to {after.overall:.1f}."
