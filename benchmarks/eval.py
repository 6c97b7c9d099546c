"""
Measure the judgement against its goals; the data is evaluation material and no part of this repository.

`python benchmarks/eval.py [--data FOLDER]`; the folder holds `texts/` and `speech/`. What is absent is skipped with a message.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

from benchmarks.eval_cost import measure_cost  # noqa: E402 - needs the path above
from benchmarks.eval_texts import measure_texts  # noqa: E402 - likewise
from benchmarks.figures import Row  # noqa: E402 - likewise
from pipeline.domain.ports import Judges  # noqa: E402 - likewise
from pipeline.providers.nlp import e5  # noqa: E402 - likewise
from pipeline.providers.nlp.bigrams import WordPairs  # noqa: E402 - likewise
from pipeline.providers.nlp.harper import HarperChecker  # noqa: E402 - likewise
from pipeline.providers.nlp.minilm import MiniLmEncoder  # noqa: E402 - likewise
from pipeline.providers.nlp.spacy import SpacyEnglish  # noqa: E402 - likewise

DATA = ROOT.parent / "shared" / "data"


def main() -> int:
    """Print one row for each goal; return 1 where one is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=DATA)
    options = arguments.parse_args()
    show("| goal | wanted | found | 95 % | baseline | n | |\n|---|---|---|---|---|---|---|")
    missed = 0
    for row in rows(options.data):
        interval = "" if row.low is None else f"{row.low:.3g} to {row.high:.3g}"
        verdict = "" if row.is_met else "missed"
        missed += not row.is_met
        show(
            f"| {row.goal} | {row.wanted} | {row.found:.3g} | {interval} | {row.baseline} | {row.count} | {verdict} |"
        )
    return min(missed, 1)


def rows(data: Path) -> Iterator[Row]:
    """Yield every row that can be measured here."""
    judges = load_judges()
    texts, speech = data / "texts", data / "speech"
    if texts.is_dir():
        yield from measure_texts(texts, judges)
    else:
        show(f"Skipped: there are no texts at {texts}.")
    if speech.is_dir():
        from benchmarks.eval_speech import measure_speech

        yield from measure_speech(speech, judges)
    else:
        show(f"Skipped: there are no recordings at {speech}.")
    if e5.is_available():
        from benchmarks.eval_languages import measure_languages

        yield from measure_languages()
    else:
        show("Skipped: the multilingual encoder does not run on this machine.")
    yield from measure_cost(judges)


def load_judges() -> Judges:
    """Return the real judges."""
    return Judges(
        encoder=MiniLmEncoder(),
        parser=SpacyEnglish(),
        grammar=HarperChecker(),
        wording=WordPairs(),
    )


def show(line: str) -> None:
    """Print at once: the table grows as it is measured."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
