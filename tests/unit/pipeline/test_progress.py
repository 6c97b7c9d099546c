"""The arithmetic of progress."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.progress.estimates import (
    NEARLY,
    SESSION_STAGES,
    STAGES,
    Forecast,
    Paces,
    Place,
    Progress,
    Work,
    combine,
    forecast,
)

PACES = Paces(
    transcribe=0.5,
    others={"evaluate": 2.0, "score": 0.5, "feedback": 0.5},
    processes={"gpu": 1, "cpu": 1},
)


def progress(work: Work, *, goal: str = "transcribe", paces: Paces = PACES) -> Progress:
    return combine([forecast(work, goal=goal, paces=paces)])


class TestTheTimeLeft:
    def test_is_the_work_itself_on_an_idle_platform(self) -> None:
        seen = progress(Work("transcribe", is_running=False, audio=20.0))

        assert (seen.status, seen.eta_seconds, seen.progress) == ("queued", 10.0, 0.0)

    def test_is_that_of_all_stages_through_the_goal(self) -> None:
        work = Work("transcribe", is_running=False, audio=20.0)

        assert progress(work, goal="evaluate").eta_seconds == 12.0
        assert progress(work, goal="feedback").eta_seconds == 13.0

    def test_is_less_what_was_done(self) -> None:
        seen = progress(Work("transcribe", is_running=True, audio=20.0, elapsed=4.0))

        assert (seen.status, seen.eta_seconds, seen.progress) == ("processing", 6.0, 0.4)

    def test_is_never_over_before_the_work_is(self) -> None:
        seen = progress(Work("transcribe", is_running=True, audio=20.0, elapsed=500.0))

        assert seen.eta_seconds == 0.5
        assert seen.progress < 1

    def test_has_those_before_in_it(self) -> None:
        place = Place(waiting=2, waiting_audio=40.0, begun=1, begun_audio=20.0)
        seen = progress(Work("transcribe", is_running=False, audio=20.0, place=place))

        assert seen.eta_seconds == 20.0 + 5.0 + 10.0
        assert seen.queue_position == 2

    def test_is_shared_by_all_processes(self) -> None:
        place = Place(waiting=2, waiting_audio=40.0, begun=2, begun_audio=20.0)
        work = Work("transcribe", is_running=False, audio=20.0, place=place)
        two = Paces(PACES.transcribe, PACES.others, {"gpu": 2, "cpu": 1})

        assert progress(work, paces=two).eta_seconds == (20.0 + 5.0) / 2 + 10.0

    def test_has_no_waiting_in_it_where_a_process_is_free(self) -> None:
        place = Place(begun=1, begun_audio=600.0)
        work = Work("transcribe", is_running=False, audio=20.0, place=place)
        two = Paces(PACES.transcribe, PACES.others, {"gpu": 2, "cpu": 1})

        assert progress(work, paces=two).eta_seconds == 10.0

    def test_counts_runs_where_the_recording_does_not_matter(self) -> None:
        place = Place(waiting=3, waiting_audio=999.0, begun=1, begun_audio=999.0)
        work = Work("evaluate", is_running=False, audio=20.0, place=place)

        assert progress(work, goal="evaluate").eta_seconds == 6.0 + 1.0 + 2.0

    @pytest.mark.parametrize("processes", [{}, {"gpu": 1}, {"cpu": 1}, {"gpu": 0, "cpu": 1}])
    def test_is_unknown_while_a_stage_has_no_worker(self, processes: dict[str, int]) -> None:
        work = Work("transcribe", is_running=False, audio=20.0)
        paces = Paces(PACES.transcribe, PACES.others, processes)

        assert progress(work, goal="evaluate", paces=paces).eta_seconds is None

    def test_needs_no_worker_of_a_stage_that_is_over(self) -> None:
        paces = Paces(PACES.transcribe, PACES.others, {"cpu": 1})
        work = Work("evaluate", is_running=False)

        assert progress(work, goal="evaluate", paces=paces).eta_seconds == 2.0

    def test_begins_with_the_next_try(self) -> None:
        work = Work("transcribe", is_running=False, audio=20.0, due_in=30.0)

        assert progress(work).eta_seconds == 40.0


class TestTheShareDone:
    def test_grows_by_the_work_of_each_stage(self) -> None:
        work = Work("evaluate", is_running=False, audio=20.0)

        assert progress(work, goal="evaluate").progress == 0.83  # 10 of 12 seconds

    def test_of_a_sessions_own_run_is_of_two_stages(self) -> None:
        work = Work("feedback", is_running=False, stages=SESSION_STAGES)

        assert progress(work, goal="feedback").progress == 0.5

    @given(
        stage=st.sampled_from(STAGES),
        audio=st.floats(0, 1800),
        elapsed=st.floats(0, 10_000),
        running=st.booleans(),
    )
    def test_is_below_one_until_it_is_done(
        self, *, stage: str, audio: float, elapsed: float, running: bool
    ) -> None:
        work = Work(stage, is_running=running, audio=audio, elapsed=elapsed)

        seen = progress(work, goal="feedback")

        assert 0 <= seen.progress <= NEARLY
        assert (seen.eta_seconds or 0) >= 0


def one(*, stage: str, running: bool, position: int, eta: float | None, left: float) -> Forecast:
    return Forecast(running, stage, position, eta, seconds_left=left, seconds_whole=10.0)


class TestSeveralTogether:
    def test_take_as_long_as_the_last(self) -> None:
        seen = combine(
            [
                one(stage="evaluate", running=True, position=0, eta=2.0, left=2.0),
                one(stage="transcribe", running=False, position=3, eta=9.0, left=8.0),
            ]
        )

        assert (seen.status, seen.stage) == ("processing", "transcribe")
        assert (seen.queue_position, seen.eta_seconds, seen.progress) == (3, 9.0, 0.5)

    def test_are_unknown_when_one_is(self) -> None:
        seen = combine(
            [
                one(stage="evaluate", running=True, position=0, eta=2.0, left=2.0),
                one(stage="transcribe", running=False, position=3, eta=None, left=8.0),
            ]
        )

        assert seen.eta_seconds is None

    def test_count_what_is_finished(self) -> None:
        forecast = one(stage="transcribe", running=False, position=0, eta=9.0, left=10.0)

        assert combine([forecast], seconds_done=30.0).progress == 0.75


class TestWhenToLookAgain:
    @pytest.mark.parametrize(
        ("eta", "seconds"), [(0.0, 1), (0.4, 1), (3.2, 3), (600.0, 10), (None, 10)]
    )
    def test_is_soon_enough_and_not_too_often(self, eta: float | None, seconds: int) -> None:
        seen = Progress("queued", "transcribe", 0.0, 0, eta)

        assert seen.retry_after == seconds
