"""What an answer was judged before is kept, labelled, and goes with the answer."""

import pytest

from pipeline.domain.values import Evaluation
from pipeline.models import EvaluationRecord, PastEvaluation, PipelineRun, Stage
from pipeline.runs import results, services
from sessions.services import delete_session
from tests.factories import make_evaluation, make_finished_run, make_run, make_transcript
from tests.integration.pipeline.judgements import judgement

pytestmark = pytest.mark.django_db

Why = PastEvaluation.Why


@pytest.fixture
def run() -> PipelineRun:
    """An answer that was judged."""
    run = make_finished_run()
    make_transcript(run=run)
    results.save_evaluation(run, judgement())
    return run


def judge_again(run: PipelineRun, evaluation: Evaluation) -> None:
    """Ask for the judgement of today, and let a worker make it."""
    assert services.re_evaluate(run)
    results.save_evaluation(run, evaluation)
    PipelineRun.objects.filter(pk=run.pk).update(state="completed", stage=Stage.DONE)


def past(run: PipelineRun) -> list[tuple[float | None, str, str]]:
    return list(
        PastEvaluation.objects.filter(run=run)
        .order_by("evaluated_at")
        .values_list("overall", "scorer_version", "why")
    )


class TestAnotherScorer:
    def test_leaves_what_the_one_before_it_said(self, run: PipelineRun) -> None:
        before = EvaluationRecord.objects.get(run=run).created_at

        judge_again(run, judgement(overall=71.0, version="2.1.0"))

        kept = PastEvaluation.objects.get()
        assert past(run) == [(67.0, "2.0.0", Why.SCORER)]
        assert (kept.language, kept.evaluated_at) == ("en", before)
        assert kept.intervals == {"relevance": [60.0, 70.0]}
        assert EvaluationRecord.objects.get().overall == 71.0

    def test_leaves_nothing_where_it_says_the_same(self, run: PipelineRun) -> None:
        judge_again(run, judgement(version="2.1.0"))

        assert past(run) == []
        assert EvaluationRecord.objects.get(run=run).scorer_version == "2.1.0"

    def test_leaves_one_row_when_its_stage_runs_twice(self, run: PipelineRun) -> None:
        judge_again(run, judgement(overall=71.0, version="2.1.0"))
        results.save_evaluation(run, judgement(overall=71.0, version="2.1.0"))

        assert past(run) == [(67.0, "2.0.0", Why.SCORER)]

    def test_leaves_one_row_when_it_is_asked_for_twice(self, run: PipelineRun) -> None:
        services.re_evaluate(run)

        assert not services.re_evaluate(run)
        results.save_evaluation(run, judgement(overall=71.0, version="2.1.0"))

        assert past(run) == [(67.0, "2.0.0", Why.SCORER)]

    def test_leaves_a_row_even_when_it_overwrites(self, run: PipelineRun) -> None:
        results.save_evaluation(run, judgement(overall=71.0, version="2.1.0"))

        assert past(run) == [(67.0, "2.0.0", Why.SCORER)]

    def test_keeps_every_former_result(self, run: PipelineRun) -> None:
        for number, overall in enumerate((71.0, 67.0, 75.0), start=1):
            judge_again(run, judgement(overall=overall, version=f"2.{number}.0"))

        assert [row[:2] for row in past(run)] == [(67.0, "2.0.0"), (71.0, "2.1.0"), (67.0, "2.2.0")]

    def test_keeps_the_result_where_judging_anew_fails(self, run: PipelineRun) -> None:
        services.re_evaluate(run)
        PipelineRun.objects.filter(pk=run.pk).update(state="failed", failure_code="busy")

        services.retry_run(run)

        assert past(run) == [(67.0, "2.0.0", Why.SCORER)]


class TestTheReason:
    def test_may_be_other_keywords(self, run: PipelineRun) -> None:
        services.ask_for_evaluation(run, expected_keywords=["budget"])

        assert past(run)[0][2] == Why.KEYWORDS

    def test_may_be_another_language(self, run: PipelineRun) -> None:
        services.ask_for_transcript(run, language="fr")

        assert past(run)[0][2] == Why.LANGUAGE
        assert PastEvaluation.objects.get().language == "en"


class TestJudgingAgain:
    def test_is_for_answers_that_were_judged(self) -> None:
        unheard = make_run(state="failed", stage=Stage.TRANSCRIBE)

        assert not services.re_evaluate(unheard)

    def test_leaves_alone_what_is_in_work(self) -> None:
        working = make_run(state="queued", stage=Stage.SCORE)
        make_transcript(run=working)
        make_evaluation(run=working)

        assert not services.re_evaluate(working)
        assert EvaluationRecord.objects.filter(run=working).exists()

    def test_makes_the_sessions_score_anew(self, run: PipelineRun) -> None:
        services.re_evaluate(run)

        run.refresh_from_db()
        assert (run.state, run.stage) == (PipelineRun.State.QUEUED, Stage.EVALUATE)


class TestItsEnd:
    def test_comes_with_the_answers(self, run: PipelineRun) -> None:
        judge_again(run, judgement(overall=71.0))

        delete_session(run.session)

        assert not PastEvaluation.objects.exists()
