"""
Word error rate of our own recogniser on a folder of recordings with reference texts.

`python benchmarks/wer.py [FOLDER]`; the folder holds `refs.tsv` (path, text, language, group, …) and the recordings.
They are evaluation data that the project does not ship: without them there is nothing to measure, and it says so.
"""

import csv
import difflib
import os
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import jiwer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

from pipeline.domain.values import Transcript  # noqa: E402 - likewise
from pipeline.providers.speech.whisper import FasterWhisper  # noqa: E402 - needs the path above

FOLDER = ROOT.parent / "shared" / "data" / "speech"
FILLERS = frozenset({"um", "umm", "uh", "uhm", "erm", "er", "mm", "mmm", "hm", "hmm", "mhm"})
NO_SPACES = frozenset({"zh", "ja", "ko", "th"})  # there, characters are counted instead of words
NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
SAME = {
    **{word: str(value) for value, word in enumerate(NUMBER_WORDS.split())},
    "mister": "mr",
    "missus": "mrs",
    "okay": "ok",
}


@dataclass
class Group:
    """What is known about one group of recordings."""

    references: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    seconds: float = 0.0
    fillers: int = 0  # in the reference
    fillers_heard: int = 0  # at their place
    fillers_false: int = 0


def main() -> int:
    """Measure and print one line a group."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not (folder / "refs.tsv").is_file():
        print(f"No recordings to measure: {folder / 'refs.tsv'} does not exist.")  # noqa: T201 - a program for people
        return 0
    recogniser = FasterWhisper.from_settings()
    recogniser.warm_up()
    groups: dict[str, Group] = defaultdict(Group)
    begin = time.process_time()
    for row in rows_of(folder):
        transcript = transcribe(recogniser, folder / row["path"], language=row["language"])
        for name in (row["group"], "English" if row["language"] == "en" else row["language"]):
            note(groups[name], row, transcript)
    seconds = sum(groups[name].seconds for name in {row["group"] for row in rows_of(folder)})
    show(groups, factor=(time.process_time() - begin) / seconds)
    return 0


def rows_of(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of refs.tsv."""
    with (folder / "refs.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def transcribe(recogniser: FasterWhisper, audio: Path, *, language: str) -> Transcript:
    """Transcribe through the same door as an answer: the recording becomes a WAV without loss."""
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "recording.wav"
        write_wave(audio, wave)
        return recogniser.transcribe(wave, audio_format="wav", language=language)


def write_wave(source: Path, target: Path) -> None:
    """Write the source's first audio stream as 16 bit PCM of the same rate."""
    with av.open(source) as container, av.open(target, "w", format="wav") as output:
        stream = container.streams.audio[0]
        copy = output.add_stream("pcm_s16le", rate=stream.rate, layout=stream.layout.name)
        for frame in container.decode(stream):
            output.mux(copy.encode(frame))
        output.mux(copy.encode(None))


def note(group: Group, row: dict[str, str], transcript: Transcript) -> None:
    """Add one recording to its group."""
    characters = row["language"] in NO_SPACES
    group.references.append(normalise(row["text"], characters=characters))
    group.heard.append(normalise(transcript.text, characters=characters))
    group.seconds += transcript.duration
    wanted, heard = masked(row["text"]), masked(transcript.text)
    blocks = difflib.SequenceMatcher(None, wanted, heard, autojunk=False).get_matching_blocks()
    hits = sum(wanted[a : a + size].count("<filler>") for a, _, size in blocks)
    group.fillers += wanted.count("<filler>")
    group.fillers_heard += hits
    group.fillers_false += heard.count("<filler>") - hits


def words_of(text: str) -> list[str]:
    """Return lower-case words without punctuation."""
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("-", " ")
    return [SAME.get(word, word) for word in re.sub(r"[^\w' ]", " ", plain).split()]


def normalise(text: str, *, characters: bool) -> str:
    """Return what is compared: no fillers, and single characters where a language has no spaces."""
    words = [word for word in words_of(text) if word not in FILLERS]
    return " ".join("".join(words)) if characters else " ".join(words)


def masked(text: str) -> list[str]:
    """Return the words with every filler as the same word."""
    return ["<filler>" if word in FILLERS else word for word in words_of(text)]


def show(groups: dict[str, Group], *, factor: float) -> None:
    """Print the table."""
    print("group      clips  seconds  WER %  fillers  heard  false")  # noqa: T201 - a program for people
    for name, group in sorted(groups.items()):
        rate = 100 * jiwer.wer(group.references, group.heard)
        print(  # noqa: T201 - a program for people
            f"{name:<10} {len(group.heard):>5} {group.seconds:>8.0f} {rate:>6.1f}"
            f" {group.fillers:>8} {group.fillers_heard:>6} {group.fillers_false:>6}"
        )
    print(f"real-time factor {factor:.3f} (processor seconds for each second of audio)")  # noqa: T201 - likewise


if __name__ == "__main__":
    sys.exit(main())
