"""
What the judges make of answers in Spanish, French and German; the answers and the questions in these languages are our own writing.

`python benchmarks/eval_languages.py` prints the rows; with `--centres FILE` it writes the mean vectors that the encoder takes away.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

import numpy as np  # noqa: E402 - the path first, as above

from benchmarks.figures import Row, auc  # noqa: E402 - likewise
from pipeline.domain.values import QuestionBrief, Transcript  # noqa: E402 - likewise
from pipeline.providers.nlp import e5  # noqa: E402 - likewise
from pipeline.providers.registry import RELEVANCE_LANGUAGES  # noqa: E402 - likewise
from pipeline.questions.bank import load_bank  # noqa: E402 - likewise
from pipeline.questions.selection import BankQuestion  # noqa: E402 - likewise
from pipeline.scoring.lexicon import language_of  # noqa: E402 - likewise
from pipeline.scoring.relevance.relevance import judge_relevance  # noqa: E402 - likewise
from pipeline.scoring.relevance.topic import RememberingEncoder  # noqa: E402 - likewise
from pipeline.scoring.transcript import Script, read_script  # noqa: E402 - likewise

DATA = Path(__file__).parent / "data" / "answers_es_fr_de.jsonl"


def main() -> int:
    """Print the rows, or write the mean vectors."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--centres", type=Path)
    options = arguments.parse_args()
    if options.centres:
        write_centres(options.centres)
        return 0
    for row in measure_languages():
        interval = "" if row.low is None else f"{row.low:.3f} to {row.high:.3f}"
        sys.stdout.write(f"{row.goal} {row.wanted}: {row.found:.3f} {interval}\n")
    return 0


def measure_languages() -> Iterator[Row]:
    """Yield a row for each language and way of asking."""
    encoder = RememberingEncoder(e5.E5Encoder())
    rows, bank = read_rows(), {question.key: question for question in load_bank()}
    for language in RELEVANCE_LANGUAGES:
        scripts = [script_of(row[language][1], language) for row in rows]
        own = [QuestionBrief(text=row[language][0], category="behavioral") for row in rows]
        briefs = [brief_of(bank[row["key"]]) for row in rows]
        alone = [QuestionBrief(text=brief.text, category=brief.category) for brief in briefs]
        for name, asked in (
            ("question alone", own),
            ("English question alone", alone),
            ("English question and prototype", briefs),
        ):
            right, wrong = _matched(scripts, asked, encoder)
            yield auc(right, wrong).row(
                f"{language}: matching AUC, {name}", ">= 0.75", baseline="0.5 (chance)"
            )


def read_rows() -> list[dict[str, Any]]:
    """Return the key of each bank question with a question and an answer in each language."""
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def script_of(text: str, language: str) -> Script:
    """Return a text as the judges read it."""
    return read_script(Transcript(text=text, language=language, duration=60.0))


def brief_of(question: BankQuestion) -> QuestionBrief:
    """Return a bank question as the judges know it."""
    return QuestionBrief(
        text=question.text,
        category=question.category,
        expected_keywords=question.expected_keywords,
        answer_prototype=question.answer_prototype,
        reference_points=question.reference_points,
    )


def _matched(
    scripts: Sequence[Script], briefs: Sequence[QuestionBrief], encoder: RememberingEncoder
) -> tuple[list[float], list[float]]:
    """Return the relevance of each answer to its own question, and to every other one."""
    right: list[float] = []
    wrong: list[float] = []
    for place, script in enumerate(scripts):
        for asked, brief in enumerate(briefs):
            score = judge_relevance(script, question=brief, encoder=encoder).score or 0.0
            (right if asked == place else wrong).append(score)
    return right, wrong


def write_centres(target: Path) -> None:
    """Write the mean vector of each language's texts; the mean of them all stands under the empty name."""
    encoder = e5.E5Encoder()
    texts = [
        text for row in read_rows() for language in RELEVANCE_LANGUAGES for text in row[language]
    ]
    chosen = {row["key"] for row in read_rows()}
    for question in load_bank():
        if question.key in chosen:
            texts += [question.text, question.answer_prototype]
    vectors: dict[str, list[Any]] = {}
    for text in texts:
        vectors.setdefault(language_of(text), []).append(encoder.raw(text))
    means = {language: np.mean(found, axis=0) for language, found in sorted(vectors.items())}
    means[""] = np.mean(list(means.values()), axis=0)
    rounded = {language: [round(float(n), 5) for n in mean] for language, mean in means.items()}
    target.write_text(json.dumps(rounded, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
