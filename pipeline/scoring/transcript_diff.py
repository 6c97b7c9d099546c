"""Compare two texts word by word, and carry times over to an edited transcript; the cost is bounded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from rapidfuzz.distance import Indel

from pipeline.domain.values import Segment, Transcript, Word

MOST_WORDS: Final = 5_000  # of each text; half an hour of speech. They take 8 ms at worst


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand in both texts one after the other."""

    at_old: int
    at_new: int
    size: int


def common_runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """
    Return the runs of a longest common subsequence in order, and at last an empty run at the ends of both texts.

    Of what follows the common beginning, `MOST_WORDS` words are compared; later ones have nothing in common.
    """
    pairs = enumerate(zip(old, new, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))
    edits = Indel.editops(old[same : same + MOST_WORDS], new[same : same + MOST_WORDS])
    found = (Run(same + run.a, same + run.b, run.size) for run in edits.as_matching_blocks())
    runs = [Run(0, 0, same), *found, Run(len(old), len(new), 0)]
    return [run for run in runs[:-1] if run.size] + runs[-1:]


_BARE = re.compile(r"\w(?:.*\w)?", re.DOTALL)  # linear: `\W+$` would not be


@dataclass(frozen=True, slots=True)
class WordChange:
    """Words of the recogniser and what a person wrote in their place; one side is empty where words came or went."""

    before: str
    after: str
    start: float | None  # seconds; None where the transcript has no word times
    end: float | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected transcript and how it differs from what was heard."""

    transcript: Transcript
    kept: int  # words
    removed: int  # words
    added: int  # words
    changes: tuple[WordChange, ...]


def correct(heard: Transcript, text: str) -> Correction:
    """
    Return the transcript with `text` in place of what was heard.

    Words that stayed keep their times; others share the time of the words that they replace, or what lies between their
    neighbours. What a person wrote is certain.
    """
    heard = replace(heard, words=_whole_words(heard))
    old, new = [word.text for word in heard.words] or heard.text.split(), text.split()
    blocks = list(_blocks(old, new))
    kept = sum(len(block.new) for block in blocks if block.same)
    words = _retime(heard, blocks) if heard.words else []
    return Correction(
        transcript=replace(
            heard,
            text=" ".join(new),
            words=tuple(words),
            segments=_recut(heard.segments, words) or _as_one(heard, new),
        ),
        kept=kept,
        removed=len(old) - kept,
        added=len(new) - kept,
        changes=tuple(_change(heard, block) for block in blocks if not block.same),
    )


def _whole_words(heard: Transcript) -> tuple[Word, ...]:
    """Return the words as they are written: the recogniser may time `state` and `-of-the-art` apart."""
    parts = iter(heard.words)
    whole = []
    for written in heard.text.split():
        held = next(parts, None)
        while held and held.text != written and written.startswith(held.text):
            part = next(parts, None)
            held = part and Word(
                held.text + part.text,
                held.start,
                part.end,
                min(held.probability, part.probability),
            )
        if held is None or held.text != written:
            return heard.words
        whole.append(held)
    return tuple(whole) if next(parts, None) is None else heard.words


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of words that stayed, or that gave way to others."""

    same: bool
    begin: int  # the place of its first word in the old text
    old: Sequence[str]
    new: Sequence[str]

    @property
    def until(self) -> int:
        return self.begin + len(self.old)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Yield the words in order. They are matched by their letters, and differ by any sign: a comma is a correction too."""
    at_old = at_new = 0
    for run in common_runs([_bare(word) for word in old], [_bare(word) for word in new]):
        if (at_old, at_new) != (run.at_old, run.at_new):
            yield _Block(
                same=False,
                begin=at_old,
                old=old[at_old : run.at_old],
                new=new[at_new : run.at_new],
            )
        at_old, at_new = run.at_old + run.size, run.at_new + run.size
        yield from _split_by_signs(run.at_old, old[run.at_old : at_old], new[run.at_new : at_new])


def _split_by_signs(begin: int, old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Yield words with the same letters as blocks that are equal, and blocks that differ in their signs."""
    pairs = zip(old, new, strict=True)
    for same, group in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
        before, after = zip(*group, strict=True)
        yield _Block(same=same, begin=begin, old=before, new=after)
        begin += len(before)


def _bare(word: str) -> str:
    found = _BARE.search(word)
    return found.group().casefold() if found else word


def _retime(heard: Transcript, blocks: Sequence[_Block]) -> list[Word]:
    words: list[Word] = []
    for block in blocks:
        given = heard.words[block.begin : block.until]
        if len(given) == len(block.new):
            pairs = zip(given, block.new, strict=True)
            words += [
                word if word.text == text else replace(word, text=text, probability=1.0)
                for word, text in pairs
            ]
        else:
            words += _share(block.new, *_bounds(heard, block))
    return words


def _bounds(heard: Transcript, block: _Block) -> tuple[float, float]:
    """Return the time of the words that went; where none did, the time between the neighbours."""
    if block.old:
        return heard.words[block.begin].start, heard.words[block.until - 1].end
    after_last = block.begin == len(heard.words)
    start = heard.words[block.begin - 1].end if block.begin else 0.0
    end = heard.duration if after_last else heard.words[block.begin].start
    return start, max(start, end)


def _share(texts: Sequence[str], start: float, end: float) -> Iterator[Word]:
    """Yield the words one after the other within the time, long ones for longer."""
    letters = sum(len(text) for text in texts)
    passed = 0
    for text in texts:
        begin = start + (end - start) * passed / letters
        passed += len(text)
        until = start + (end - start) * passed / letters
        yield Word(text, round(begin, 3), round(until, 3), probability=1.0)


def _recut(segments: Sequence[Segment], words: Sequence[Word]) -> tuple[Segment, ...]:
    """Return the segments with the words that are spoken in them now; one that has lost all its words is gone."""
    held: list[list[Word]] = [[] for _ in segments]
    place = 0
    for word in words if segments else ():
        while place + 1 < len(segments) and word.start >= segments[place + 1].start:
            place += 1
        held[place].append(word)
    return tuple(
        Segment(" ".join(word.text for word in inside), segment.start, segment.end)
        for segment, inside in zip(segments, held, strict=True)
        if inside
    )


def _as_one(heard: Transcript, new: Sequence[str]) -> tuple[Segment, ...]:
    """Return the whole text as one segment, where the recogniser gave no word times."""
    return (Segment(" ".join(new), 0.0, heard.duration),) if heard.segments else ()


def _change(heard: Transcript, block: _Block) -> WordChange:
    start, end = _bounds(heard, block) if heard.words else (None, None)
    return WordChange(" ".join(block.old), " ".join(block.new), start, end)
