"""The row of the judgement: all that happens after the transcript, without queues."""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from benchmarks.eval import load_judges
from benchmarks.eval_cost import QUESTION, SECONDS, answer
from benchmarks.rows import Speed
from benchmarks.simulate import keep_measured
from pipeline.domain.values import JudgedAnswer
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.feedback.session import write_feedback
from pipeline.scoring.session_score import score_session
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS


def measure(*, count: int = 8) -> Iterator[Speed]:
    """Yield the row; each answer is a new one, as nothing of it may be remembered."""
    judges = load_judges()
    times: list[tuple[float, float, float]] = []
    for number in range(count + 1):
        begin = time.perf_counter()
        transcript = replace(answer(number), duration=SECONDS)
        evaluation = evaluate_answer(
            transcript=transcript, question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
        )
        judged = JudgedAnswer(
            "1", 1, QUESTION.text, QUESTION.category, 1, transcript.text, evaluation
        )
        evaluated = time.perf_counter()
        card = score_session(answers=[judged], asked=1, weights=DEFAULT_WEIGHTS)
        scored = time.perf_counter()
        write_feedback(card=card, answers=[judged], completed_sessions=1, is_open=True)
        times.append((evaluated - begin, scored - evaluated, time.perf_counter() - scored))
    warm = times[1:]
    evaluate, score, feedback = (median(row[stage] for row in warm) for stage in range(3))
    keep_measured(evaluate=evaluate, score=score, feedback=feedback)
    total = 1000.0 * median(sum(row) for row in warm)
    yield Speed(
        f"evaluate + score + feedback of a {SECONDS:.0f} s answer, warm", total, "ms", 400, "<="
    )
