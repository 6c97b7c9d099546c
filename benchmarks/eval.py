"""Measure the judges on the development texts; they are evaluation material and no part of this repository."""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.ports import Judges  # noqa: E402 - after the path above, so the file runs by itself
from pipeline.providers.embeddings import MiniLmEncoder  # noqa: E402
from pipeline.providers.harper import HarperChecker  # noqa: E402
from pipeline.providers.spacy_english import SpacyEnglish  # noqa: E402
from pipeline.stages.disfluency import count_fillers  # noqa: E402
from pipeline.stages.evaluate import evaluate_answer  # noqa: E402
from pipeline.stages.fluency import Delivery, fluency_parts  # noqa: E402
from pipeline.stages.grammar import checked_text, measure_grammar  # noqa: E402
from pipeline.stages.keyword_forms import keyword_forms  # noqa: E402
from pipeline.stages.keywords import find_keyword  # noqa: E402
from pipeline.stages.relevance import judge_relevance  # noqa: E402
from pipeline.stages.thresholds import DEFAULT_WEIGHTS  # noqa: E402
from pipeline.stages.transcript import read_script  # noqa: E402
from pipeline.stages.vectors import RememberingEncoder  # noqa: E402
from pipeline.values import QuestionBrief, Span, Transcript, Word  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "texts"
ZERO_KINDS = ("repeat_question", "keyword_stuffing", "idk", "empty")
# Written for this program, from the questions' wording alone.
PROTOTYPES = {
    "self": "I am a student and I study engineering. My background is in science. I grew up in a small town. "
    "I am interested in technology, and in my free time I do sports and music.",
    "lead": "I was the leader of a group and the president of a club. I organised the team and delegated the "
    "tasks. I motivated people and took responsibility until we reached the goal.",
    "team": "I worked on a team project where we had a conflict and a problem. We talked about it and divided "
    "the work. We communicated and in the end we solved it together.",
    "weak": "My weakness is that I am too shy, I procrastinate and take on too much. I am working to improve it "
    "by planning my time and asking others for help.",
    "hire": "You should hire me because I have the skills and experience for this position. I work hard and "
    "learn quickly. I would be a valuable member of your company.",
}  # fmt: skip


def main() -> None:
    """Print one row for each measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=DATA)
    arguments.add_argument("--sample", type=int, default=300, help="texts of the larger sets")
    options = arguments.parse_args()
    if not options.data.is_dir():
        show("skipped", f"no development texts at {options.data}")
        return
    judges = Judges(encoder=MiniLmEncoder(), parser=SpacyEnglish(), grammar=HarperChecker())
    for measure in (interviews, adversarial, short_answers, keywords, grammar, fluency, latency):
        measure(options.data, judges, options.sample)


def interviews(data: Path, judges: Judges, sample: int) -> None:
    """Matching against other questions' answers of the same people."""
    people: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_lines(data / "interview_dev.jsonl"):
        people[row["participant"]].append(row)
    for name, prototypes in (("question only", {}), ("with prototypes", PROTOTYPES)):
        right: list[float] = []
        wrong: list[float] = []
        for rows in list(people.values())[: max(1, sample // 12)]:
            for answer in rows:
                for asked in rows:
                    brief = QuestionBrief(
                        text=asked["question"],
                        category="behavioral",
                        answer_prototype=prototypes.get(asked["question_type"], ""),
                    )
                    score = relevance(answer["answer"], brief, judges)
                    (right if answer is asked else wrong).append(score)
        show(f"relevance, interviews, AUC, {name}", f"{auc(right, wrong):.3f}")


def adversarial(data: Path, judges: Judges, sample: int) -> None:
    """Answers of 13 kinds, from strong to empty, with the question alone."""
    rows = []
    for row in json.loads((data / "relevance_adversarial_dev.json").read_text(encoding="utf-8")):
        brief = QuestionBrief(text=row["question"], category=row["category"])
        rows.append((row["qid"], row["kind"], row["grade"], relevance(row["text"], brief, judges)))
    good = [score for _, _, grade, score in rows if grade >= 3]  # noqa: PLR2004 - grades 3 and 4 are good
    zero = [score for _, _, grade, score in rows if grade == 0]
    pairs = [(a[3], b[3]) for a in rows for b in rows if a[0] == b[0] and a[2] > b[2]]
    show("relevance, adversarial, AUC", f"{auc(good, zero):.3f}")
    show("relevance, adversarial, pairwise", f"{mean(wins(pairs)):.3f}")
    for kind in dict.fromkeys(row[1] for row in rows):
        scores = [score for _, name, _, score in rows if name == kind]
        mark = " (goal: at most 15)" if kind in ZERO_KINDS else ""
        show(f"  {kind}, mean / max", f"{mean(scores):.1f} / {max(scores):.1f}{mark}")


def short_answers(data: Path, judges: Judges, sample: int) -> None:
    """Correct against other answers, each compared with its nearest reference answer."""
    rows = read_lines(data / "short_answers_dev.jsonl")
    for name in ("scientsbank", "beetle"):
        right: list[float] = []
        wrong: list[float] = []
        for row in [row for row in rows if row["set"] == name][:sample]:
            score = max(
                _technical(row["answer"], row["question"], reference, judges)
                for reference in row["refs"][:3]
            )
            (right if row["label"] == "correct" else wrong).append(score)
        show(f"relevance, {name}, correct against rest, AUC", f"{auc(right, wrong):.3f}")


def keywords(data: Path, judges: Judges, sample: int) -> None:
    """Whether a keyword is found where it is said, and only there."""
    counts: Counter[tuple[bool, bool]] = Counter()
    negated: list[bool] = []
    for row in json.loads((data / "keywords_gold_dev.json").read_text(encoding="utf-8")):
        encoder = RememberingEncoder(judges.encoder) if judges.encoder else None
        hit = find_keyword(script_of(row["text"]), keyword_forms(row["keyword"]), encoder=encoder)
        counts[(hit.credit > 0, bool(row["label"]))] += 1
        if row["type"] == "negated":
            negated.append(hit.credit == 0)
    true, false, missed = counts[(True, True)], counts[(True, False)], counts[(False, True)]
    show("keywords, F1", f"{2 * true / (2 * true + false + missed):.3f}")
    show("keywords, negated ones right", f"{mean(negated):.3f}")


def grammar(data: Path, judges: Judges, sample: int) -> None:
    """Learner sentences against their corrections, and flags in fluent speech."""
    pairs = []
    for row in read_lines(data / "jfleg_dev.jsonl")[:sample]:
        if row["spoken_src"] != row["spoken_refs"][0]:
            pairs.append((slips(row["spoken_src"], judges), slips(row["spoken_refs"][0], judges)))
    show("grammar, learner sentences, pairwise", f"{mean(wins(pairs)):.3f} ({len(pairs)} pairs)")
    fluent = read_lines(data / "interview_dev.jsonl")[:sample]
    words = sum(len(row["answer"].split()) for row in fluent)
    found = sum(slips(row["answer"], judges) for row in fluent)
    show("grammar, flags per 100 words of interviews", f"{100 * found / words:.2f}")


def fluency(data: Path, judges: Judges, sample: int) -> None:
    """Rank correlation of the fluency score with the raters' overall score, per interview."""
    people: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_lines(data / "interview_dev.jsonl"):
        people[row["participant"]].append(row)
    overall = [mean(row["overall_1to7"] for row in rows) for rows in people.values()]
    heard = [_delivery(rows) for rows in people.values()]
    dropped = [replace(delivery, hears_fillers=False) for delivery in heard]
    for name, deliveries in (("all parts", heard), ("pace and pauses", dropped)):
        scores = [sum(part.points for part in fluency_parts(delivery)) for delivery in deliveries]
        show(f"fluency, Spearman with overall, {name}", f"{spearman(scores, overall):.3f}")


def latency(data: Path, judges: Judges, sample: int) -> None:
    """Seconds for a warm evaluation of a 240-word answer."""
    sentences = (
        f"In month {n} we planned step {n * n} with the team and measured result {n + 7}."
        for n in range(20)
    )
    text = " ".join(" ".join(sentences).split()[:240])
    words = tuple(
        Word(word, round(0.4 * index, 2), round(0.4 * index + 0.3, 2), 0.9)
        for index, word in enumerate(text.split())
    )
    transcript = Transcript(
        text=text,
        language="en",
        duration=96.0,
        words=words,
        speech=(Span(0.0, 40.0), Span(41.0, 95.9)),
    )
    question = QuestionBrief(
        text="How do you plan?", category="behavioral", expected_keywords=("planning", "teamwork")
    )
    times = []
    for _ in range(4):
        begin = time.perf_counter()
        evaluate_answer(
            transcript=transcript, question=question, judges=judges, weights=DEFAULT_WEIGHTS
        )
        times.append(time.perf_counter() - begin)
    show("latency, 240 words, warm", f"{1000 * min(times[1:]):.0f} ms")


def relevance(text: str, brief: QuestionBrief, judges: Judges) -> float:
    """Return the relevance of a text."""
    encoder = _encoder(judges)
    return judge_relevance(script_of(text), question=brief, encoder=encoder).score or 0.0


def slips(text: str, judges: Judges) -> int:
    """Return how many grammar flags a text gets."""
    script = script_of(text)
    if judges.parser is None or judges.grammar is None:
        return 0
    return len(
        find_slips(script, checked_text(script), parser=judges.parser, checker=judges.grammar)
    )


def script_of(text: str) -> Any:  # a Script; the benchmark only passes it on
    """Return a text as the judges read it."""
    return read_script(Transcript(text=text, language="en", duration=60.0))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def auc(high: Sequence[float], low: Sequence[float]) -> float:
    """Return how often a high one is above a low one; ties count half."""
    return mean(wins((a, b) for a in high for b in low))


def wins(pairs: Iterable[tuple[float, float]]) -> list[float]:
    """Return 1, a half or 0 for each pair."""
    return [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs]


def spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the rank correlation."""
    a, b = _ranks(left), _ranks(right)
    middle = mean(a)
    shared = sum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True))
    spread = sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b)
    return float(shared / spread**0.5)


def show(name: str, value: str) -> None:
    """Print one row."""
    sys.stdout.write(f"{name:<55} {value}\n")
    sys.stdout.flush()


def _ranks(numbers: Sequence[float]) -> list[float]:
    return [sum(wins((number, other) for other in numbers)) for number in numbers]


_remembering: dict[int, RememberingEncoder] = {}


def _encoder(judges: Judges) -> RememberingEncoder:
    if judges.encoder is None:
        raise ValueError("relevance needs the encoder")
    return _remembering.setdefault(id(judges.encoder), RememberingEncoder(judges.encoder))


def _technical(answer: str, question: str, reference: str, judges: Judges) -> float:
    brief = QuestionBrief(text=question, category="technical", reference_points=(reference,))
    return relevance(answer, brief, judges)


def _delivery(rows: Sequence[dict[str, Any]]) -> Delivery:
    scripts = [script_of(row["answer"]) for row in rows]
    words = sum(len(script.spoken) for script in scripts)
    fillers = sum(sum(count_fillers(script.fillers).values()) for script in scripts)
    seconds: Callable[[str], float] = lambda key: mean(row[key] for row in rows)  # noqa: E731 - one line, once
    return Delivery(
        words_per_minute=60.0 * words / sum(row["duration_s"] for row in rows),
        fillers_per_100_words=100.0 * fillers / words,
        mean_pause=seconds("avg_pause_s"),
        longest_pause=seconds("max_pause_s"),
        repetitions_per_100_words=100.0 * sum(len(script.repeats) for script in scripts) / words,
        hears_fillers=True,
    )


if __name__ == "__main__":
    main()
