import time
from pathlib import Path

import pytest

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.domain.values import AudioFacts
from pipeline.providers.audio import sandbox
from pipeline.providers.audio.sandbox import ChildAudioProbe
from tests.recordings import FORMATS, recording, sample, silence, video_only, wave_bytes

PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nreal.wav\n"
SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 50000 RTP/AVP 0\r\n"
CONCAT = b"ffconcat version 1.0\nfile 'real.wav'\n"
NOT_SOUND = {
    "concat": CONCAT,
    "concat_bomb": CONCAT + b"file 'real.wav'\n" * 20_000,
    "playlist": PLAYLIST,
    "sdp": SDP,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(2000),
    "zip": b"PK\x03\x04" + bytes(2000),
    "html": b"<!DOCTYPE html><html><body>hello</body></html>" * 20,
    "nothing": b"",
}


def probe(path: Path, audio_format: str, *, max_seconds: float = 1800) -> AudioFacts:
    return ChildAudioProbe(max_seconds=max_seconds).probe(path, audio_format=audio_format)


def refusal(path: Path, audio_format: str, *, max_seconds: float = 1800) -> str:
    """Return the code with which probe and decoder, both, refuse the file."""
    with pytest.raises(PermanentError) as probed:
        probe(path, audio_format, max_seconds=max_seconds)
    with pytest.raises(PermanentError) as decoded:
        sandbox.decode(path, audio_format=audio_format, max_seconds=max_seconds)
    assert probed.value.code == decoded.value.code
    return probed.value.code


def written(folder: Path, content: bytes, *, name: str = "upload.bin") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


class TestGoodRecordings:
    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_are_measured_in_every_format(self, audio_format: str) -> None:
        facts = probe(sample(f"strong_answer.{audio_format}"), audio_format)

        assert facts.format == audio_format
        assert facts.duration == pytest.approx(28.05, abs=0.1)
        assert facts.channels == 1

    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_last_as_long_as_they_decode(self, audio_format: str) -> None:
        path = sample(f"strong_answer.{audio_format}")

        samples = sandbox.decode(path, audio_format=audio_format, max_seconds=60)

        assert len(samples) / 16_000 == pytest.approx(probe(path, audio_format).duration, abs=0.1)

    def test_may_be_stereo(self, tmp_path: Path) -> None:
        facts = probe(written(tmp_path, wave_bytes(rate=44_100, channels=2)), "wav")

        assert (facts.sample_rate, facts.channels) == (44_100, 2)

    def test_may_last_one_second(self, tmp_path: Path) -> None:
        assert probe(written(tmp_path, wave_bytes()), "wav").duration == pytest.approx(1.0)

    @pytest.mark.parametrize("claimed", [0xFFFFFFFF, 1_000_000, 0x7FFFFFFF])
    def test_may_claim_more_than_they_hold(self, tmp_path: Path, claimed: int) -> None:
        path = written(tmp_path, wave_bytes(claimed=claimed))

        assert probe(path, "wav").duration == pytest.approx(1.0, abs=0.1)

    @pytest.mark.parametrize("audio_format", ["mp3", "wav", "webm", "ogg"])
    def test_may_break_off_in_the_middle(self, tmp_path: Path, audio_format: str) -> None:
        whole = sample(f"strong_answer.{audio_format}").read_bytes()
        path = written(tmp_path, whole[: len(whole) // 3])

        assert 5 < probe(path, audio_format).duration < 15
        samples = sandbox.decode(path, audio_format=audio_format, max_seconds=60)
        assert 5 < len(samples) / 16_000 < 15

    def test_are_measured_fast_enough_for_an_upload(self) -> None:
        begin = time.monotonic()
        probe(sample("strong_answer.mp3"), "mp3")

        assert time.monotonic() - begin < 2


class TestFilesThatLie:
    @pytest.mark.parametrize("audio_format", FORMATS)
    @pytest.mark.parametrize("content", NOT_SOUND.values(), ids=NOT_SOUND)
    def test_are_no_recordings(self, tmp_path: Path, content: bytes, audio_format: str) -> None:
        written(tmp_path, wave_bytes(), name="real.wav")
        path = written(tmp_path, content, name=f"upload.{audio_format}")

        with pytest.raises(PermanentError) as caught:
            probe(path, audio_format)

        assert caught.value.code == "unsupported_format"

    def test_get_no_byte_of_the_file_beside_them(self, tmp_path: Path) -> None:
        written(tmp_path, wave_bytes(), name="real.wav")

        for content in (CONCAT, PLAYLIST, SDP):
            assert refusal(written(tmp_path, content, name="x.wav"), "wav") == "unsupported_format"

    def test_are_not_opened_by_another_demuxer_than_the_forced_one(self) -> None:
        assert refusal(sample("strong_answer.mp3"), "wav") == "unsupported_format"
        assert refusal(sample("strong_answer.ogg"), "m4a") == "unsupported_format"

    def test_may_not_stretch_little_data_over_days(self, tmp_path: Path) -> None:
        slow = written(tmp_path, wave_bytes(frames=500_000, rate=8))

        assert refusal(slow, "wav") == "unsupported_audio_parameters"

    @pytest.mark.parametrize(("rate", "channels"), [(384_000, 1), (16_000, 9), (16_000, 1024)])
    def test_need_parameters_of_this_world(self, tmp_path: Path, rate: int, channels: int) -> None:
        path = written(tmp_path, wave_bytes(frames=2000, rate=rate, channels=channels))

        assert refusal(path, "wav") == "unsupported_audio_parameters"

    def test_need_a_sound_track(self, tmp_path: Path) -> None:
        assert refusal(video_only(tmp_path), "m4a") == "no_audio"

    def test_need_samples(self, tmp_path: Path) -> None:
        assert refusal(written(tmp_path, wave_bytes(frames=0)), "wav") == "no_audio"

    def test_need_frames_that_decode(self, tmp_path: Path) -> None:
        junk = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(range(256)) * 400

        assert refusal(written(tmp_path, junk), "mp3") == "unsupported_format"


class TestLongRecordings:
    @pytest.mark.parametrize("audio_format", ["m4a", "webm", "mp3"])
    def test_are_refused_without_being_read_to_their_end(
        self, tmp_path: Path, audio_format: str
    ) -> None:
        bomb = recording(tmp_path, silence(600), ending=audio_format)

        assert refusal(bomb, audio_format, max_seconds=60) == "audio_too_long"

    def test_may_last_exactly_as_long_as_allowed(self, tmp_path: Path) -> None:
        path = recording(tmp_path, silence(10), ending="mp3")

        assert probe(path, "mp3", max_seconds=10).duration == pytest.approx(10, abs=0.2)


class TestTroubleOfTheMachine:
    def test_is_worth_a_retry_when_the_file_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(TransientError):
            probe(tmp_path / "gone.wav", "wav")

    def test_is_worth_a_retry_when_the_child_is_too_slow(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sandbox.WALL_SECONDS, "probe", 0.0)

        with pytest.raises(TransientError) as caught:
            probe(sample("strong_answer.mp3"), "mp3")

        assert caught.value.code == "audio_timeout"

    def test_is_worth_a_retry_when_the_disk_is_full(self) -> None:
        with pytest.raises(TransientError) as caught:
            sandbox.run_child(
                "decode",
                sample("strong_answer.mp3"),
                audio_format="mp3",
                max_seconds=60,
                output=Path("/dev/full"),
            )

        assert caught.value.code == "disk_full"
