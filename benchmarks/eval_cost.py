"""What judging costs: seconds of one core for a new answer, and memory."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Row, middle
from pipeline.ports import Judges
from pipeline.providers import memory
from pipeline.stages.evaluate import evaluate_answer
from pipeline.stages.feedback import write_feedback
from pipeline.stages.score import score_session
from pipeline.stages.thresholds import DEFAULT_WEIGHTS
from pipeline.values import JudgedAnswer, QuestionBrief, Span, Transcript, Word

SECONDS, WORDS = 95.0, 240  # of the answers
ANSWERS = 8
QUESTION = QuestionBrief(
    text="Tell me about a project you led.",
    category="behavioral",
    expected_keywords=("planning", "teamwork", "deadline", "result"),
    answer_prototype="I led a project with a small team. We planned it, had a problem and solved it in the end.",
    reference_points=("Says what the project was", "Says what the person did", "Names a result"),
)
MEMORY = """
import json, sys
sys.path.insert(0, {root!r})
from benchmarks.eval_cost import judge_one, resident
from benchmarks.eval import load_judges
before = resident()
judge_one(load_judges(slow={slow}), number=1)
print(json.dumps([before, resident()]))
"""


def measure_cost(judges: Judges, *, slow: bool) -> Iterator[Row]:
    """Yield time and memory; each answer is a new one, as nothing of it may be remembered."""
    name = "with language model" if slow else "without"
    judge_one(judges, number=0)
    times = []
    for number in range(1, ANSWERS + 1):
        begin = time.process_time()
        judge_one(judges, number=number)
        times.append(1000.0 * (time.process_time() - begin))
    yield middle(times).row(
        f"evaluate + score + feedback, ms, {name}", f"<= {1500 if slow else 400}", baseline="-"
    )
    root = str(Path(__file__).resolve().parent.parent)
    program = MEMORY.format(root=root, slow=slow)
    answer = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    before, after = json.loads(answer.stdout.splitlines()[-1])
    yield Row(f"memory of the judges, MB, {name}", "<= 450", after - before, "-", "1")


def judge_one(judges: Judges, *, number: int) -> None:
    """Do all that happens after the transcript of one answer."""
    transcript = answer(number)
    evaluation = evaluate_answer(
        transcript=transcript, question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
    )
    memory.give_back()  # as the task does
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
