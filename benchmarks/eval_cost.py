"""What judging costs: seconds of one core for a new answer, and memory."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Row, middle
from pipeline.domain.ports import Judges
from pipeline.domain.values import JudgedAnswer, QuestionBrief, Span, Transcript, Word
from pipeline.providers import registry
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.feedback.session import write_feedback
from pipeline.scoring.session_score import score_session
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS

SECONDS, WORDS = 95.0, 240  # of the answers
ANSWERS = 8
QUESTION = QuestionBrief(
    text="Tell me about a project you led.",
    category="behavioral",
    expected_keywords=("planning", "teamwork", "deadline", "result"),
    answer_prototype="I led a project with a small team. We planned it, had a problem and solved it in the end.",
    reference_points=("Says what the project was", "Says what the person did", "Names a result"),
)
WORKER = """
import json
import django
django.setup()
from benchmarks.eval_cost import run_worker
print(json.dumps(run_worker()))
"""


def measure_cost(judges: Judges) -> Iterator[Row]:
    """Yield time and memory; each answer is a new one, as nothing of it may be remembered."""
    judge_one(judges, number=0)
    later = middle([1000.0 * _seconds(judges, number) for number in range(1, ANSWERS + 1)])
    yield later.row("evaluate + score + feedback, ms", "<= 400", baseline="-")
    root = Path(__file__).resolve().parent.parent
    answer = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", WORKER], cwd=root, capture_output=True, text=True, check=True
    )
    first, memory = json.loads(answer.stdout.splitlines()[-1])
    yield Row("first answer after the warm-up : a later one", "<= 1.5", first, "12.6 (before)", "1")
    yield Row("memory of a judging worker, MB", "<= 600", memory, "410 (before)", "1")


def run_worker() -> tuple[float, float]:
    """
    Warm up as a worker's child does, and judge answers.

    Return how many times a later answer's processor time the first one took, and the memory (MB).
    """
    from pipeline import tasks  # noqa: F401 - the tasks are what a child imports
    from pipeline.runs import preloading

    preloading.load(["cpu"])
    judges = registry.judges(language="en")
    first, *later = [_seconds(judges, number) for number in range(1, ANSWERS + 2)]
    return first / median(later), resident()


def _seconds(judges: Judges, number: int) -> float:
    begin = time.process_time()
    judge_one(judges, number=number)
    return time.process_time() - begin


def judge_one(judges: Judges, *, number: int) -> None:
    """Do all that happens after the transcript of one answer."""
    transcript = answer(number)
    evaluation = evaluate_answer(
        transcript=transcript, question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
    )
    judged = JudgedAnswer("1", 1, QUESTION.text, QUESTION.category, 1, transcript.text, evaluation)
    card = score_session(answers=[judged], asked=1, weights=DEFAULT_WEIGHTS)
    write_feedback(card=card, answers=[judged], completed_sessions=1, is_open=True)


def answer(number: int) -> Transcript:
    """Return an answer of 95 seconds that no other call returns."""
    sentences = (
        f"In month {number * 31 + step} we planned step {step * step + number} with the team, um, and I measured "
        f"result {step + number} before the deadline came."
        for step in range(20)
    )
    pieces = " ".join(sentences).split()[:WORDS]
    pace = SECONDS / WORDS
    words = tuple(
        Word(piece, round(pace * place, 2), round(pace * place + 0.3, 2), 0.9)
        for place, piece in enumerate(pieces)
    )
    return Transcript(
        text=" ".join(pieces),
        language="en",
        duration=SECONDS,
        words=words,
        speech=(Span(0.0, 40.0), Span(41.0, SECONDS)),
        filler_detection="prompted",
    )


def resident() -> float:
    """Return this process's memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
