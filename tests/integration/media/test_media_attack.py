"""Files that bite, through the whole decision; `make attack-media` sends thousands more."""

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from django.conf import settings

from media.models import AudioAnswer
from pipeline.domain.ports import PermanentError
from pipeline.providers.audio.sandbox import FATAL_SIGNALS, PROGRAM, decode
from tests.attack import Verdict, decide
from tests.integration.media.canary import Canary
from tests.integration.media.conftest import Uploader, detail, files_below
from tests.media_corpus import CANARY, CONCAT, TOO_LONG, UNSUPPORTED, Bite, build, mutate

MUTATIONS = 60
EACH_SECONDS = 5.0
STATUS = {"unsupported_format": 415}
linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Bite]:
    """Every file that bites, beside its canary."""
    return build(tmp_path_factory.mktemp("corpus"))


@pytest.fixture
def canary(corpus: list[Bite]) -> Iterator[Canary]:
    """The recording beside them, watched."""
    with Canary(corpus[0].path.with_name(CANARY)) as watched:
        yield watched


def decided(content: bytes, folder: Path) -> Verdict:
    """Return what is made of a file; it must be said in time, and not be our fault."""
    verdict = decide(content, folder=folder)
    assert verdict.seconds < EACH_SECONDS, verdict
    assert not verdict.is_our_fault, verdict
    return verdict


class TestTheCorpus:
    @linux
    def test_is_judged_as_each_deserves_and_reads_no_byte_of_another_file(
        self, corpus: list[Bite], canary: Canary
    ) -> None:
        folder = canary.path.parent  # where a relative name would lead to the canary
        wrong = {}
        for bite in corpus:
            verdict = decided(bite.path.read_bytes(), folder)
            if (verdict.refusal, verdict.late_refusal) != (bite.refusal, bite.late_refusal):
                wrong[bite.path.name] = verdict
            assert not canary.was_touched(), bite.path.name

        assert wrong == {}

    @pytest.mark.django_db
    def test_is_answered_over_http_with_a_reason_and_leaves_nothing(
        self, corpus: list[Bite], uploader: Uploader
    ) -> None:
        refused = [bite for bite in corpus if bite.refusal and bite.path.suffix in {".m4a", ".wav"}]

        for bite in refused:
            response = uploader.send(bite.path.read_bytes(), name=bite.path.name)
            status = STATUS.get(str(bite.refusal), 422)
            assert detail(response) == (status, "file", bite.refusal), bite.path.name

        assert len(refused) > 20
        uploader.assert_nothing_is_left()

    @pytest.mark.django_db
    def test_is_taken_where_it_is_honest_whatever_its_name(
        self, corpus: list[Bite], uploader: Uploader
    ) -> None:
        honest = [bite for bite in corpus if bite.refusal is None]

        for bite in honest:
            uploader.upload(bite.path.read_bytes(), name=bite.path.name)

        assert AudioAnswer.objects.count() == len(honest)
        assert len(files_below(uploader.storage)) == len(honest)

    def test_lets_ten_hours_pass_neither_as_hours_nor_as_seconds(self, corpus: list[Bite]) -> None:
        bombs = [bite.path for bite in corpus if "hours" in bite.path.name]

        assert len(bombs) == 2
        for bomb in bombs:
            assert bomb.stat().st_size < 2_300_000
            with pytest.raises(PermanentError) as caught:
                decode(bomb, audio_format="m4a", max_seconds=settings.MAX_AUDIO_SECONDS)
            assert caught.value.code == TOO_LONG


@linux
class TestNoByteOfAnotherFile:
    def test_is_read_even_when_the_signature_were_believed(
        self, corpus: list[Bite], canary: Canary
    ) -> None:
        """The forced demuxer stands by itself: here a list is passed off as each of the formats."""
        for bite in corpus:
            if bite.path.stem in {"concat", "playlist", "remote_playlist", "sdp", "xspf"}:
                with pytest.raises(PermanentError) as caught:
                    decode(bite.path, audio_format=bite.path.suffix[1:], max_seconds=60)
                assert caught.value.code == UNSUPPORTED
                assert not canary.was_touched(), bite.path.name

    def test_would_be_read_if_the_demuxer_were_not_forced(
        self, corpus: list[Bite], canary: Canary
    ) -> None:
        """The trap works: opened as a naive program opens it, the list leads to its neighbour."""
        path = corpus[0].path.with_name("concat.wav")
        assert path.read_bytes() == CONCAT

        with av.open(path) as container:
            next(container.decode(audio=0))

        assert canary.was_touched()


class TestMutations:
    @pytest.mark.parametrize("number", range(MUTATIONS))
    def test_are_recordings_or_not_but_never_our_fault(self, number: int, tmp_path: Path) -> None:
        decided(mutate(number).content, tmp_path)

        assert list(tmp_path.iterdir()) == []


class TestTheChild:
    def test_that_needs_too_much_time_is_told_so_before_it_is_killed(self) -> None:
        program = (
            "import resource, runpy, sys; child = runpy.run_path(sys.argv[1]);"
            "child['limit_resources']('probe', output_bytes=1);"
            "print(*resource.getrlimit(resource.RLIMIT_CPU))"
        )

        command = [sys.executable, "-I", "-c", program, str(PROGRAM)]
        limits = subprocess.run(command, capture_output=True, check=True).stdout

        seconds, kill_seconds = map(int, limits.split())
        assert seconds < EACH_SECONDS
        assert kill_seconds > seconds  # at the same limit Linux kills, which looks like our fault
        assert signal.SIGXCPU in FATAL_SIGNALS

    def test_costs_the_web_process_no_memory(self, corpus: list[Bite], tmp_path: Path) -> None:
        hungry = [bite for bite in corpus if TOO_LONG in {bite.refusal, bite.late_refusal}]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        began = time.monotonic()
        for bite in hungry:
            decided(bite.path.read_bytes(), tmp_path)

        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 256
        assert time.monotonic() - began < len(hungry) * EACH_SECONDS
