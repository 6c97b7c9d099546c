"""Copies without metadata: what is kept decodes to what was sent, or is what was sent."""

import importlib.util
import math
import struct
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest

from media.audio_files import HEAD_BYTES, sniff_format
from pipeline.domain.ports import PermanentError
from pipeline.domain.values import AudioFacts
from pipeline.providers.audio import sandbox
from pipeline.providers.audio.sandbox import PROGRAM, ChildAudioProbe
from tests.environment import ROOT
from tests.media_corpus import SPOILERS, build, mutate
from tests.recordings import FORMATS, noise, sample, sound_of, wave_bytes
from tests.tagged import (
    CANARY,
    CONTAINERS,
    PICTURE,
    PLACE,
    ape,
    box,
    chunk,
    id3_frame,
    id3v2,
    tagged,
    told_by,
)

MAX_SECONDS = 1800.0
SECRETS = (CANARY.encode(), PLACE.encode(), b"Fairphone", b"VoiceMemos", b"2026-01-31")
DATA = ROOT.parent / "shared" / "data"
NAME_CHUNK = chunk(b"LIST", b"INFO" + chunk(b"IART", CANARY.encode()))
PCM = noise(5.0).tobytes()  # of 16 kHz, one channel, 16 bit
TWO_SECONDS = 64_000  # bytes of it


class Kept:
    """What is kept of a recording, and what was sent."""

    def __init__(self, content: bytes, folder: Path) -> None:
        audio_format = sniff_format(content[:HEAD_BYTES])
        if audio_format is None:
            raise PermanentError("unsupported_format", "It has no signature.")
        self.format = audio_format
        self.sent, self.copy = folder / f"sent.{self.format}", folder / f"copy.{self.format}"
        self.sent.write_bytes(content)
        self.copy.unlink(missing_ok=True)
        self.facts: AudioFacts = ChildAudioProbe(max_seconds=MAX_SECONDS).probe(
            self.sent, audio_format=self.format, copy=self.copy
        )
        self.path = self.copy if self.facts.is_copied else self.sent

    def tells(self) -> list[bytes]:
        """Return the secrets that are in what is kept."""
        content = self.path.read_bytes()
        return [secret for secret in SECRETS if secret in content]

    def assert_same_for_the_recognizer(self) -> None:
        """Decode both as a worker does: the samples are the same, or the refusal."""
        assert self._decoded(self.path) == self._decoded(self.sent)

    def _decoded(self, path: Path) -> bytes | str:
        try:
            samples = sandbox.decode(
                path, audio_format=self.format, max_seconds=self.facts.duration + 60
            )
        except PermanentError as refusal:
            return refusal.code
        return samples.tobytes()


def assert_kept_safely(content: bytes, folder: Path) -> Kept | None:
    """Check the property for one file; return what is kept, None if it is refused."""
    try:
        kept = Kept(content, folder)
    except PermanentError:
        return None
    kept.assert_same_for_the_recognizer()
    assert not kept.facts.is_copied or kept.tells() == []
    return kept


def wave(*, data_size: int, riff_size: int = 0, pcm: bytes = PCM, trailer: bytes = b"") -> bytes:
    """Return a WAV file whose header says these sizes."""
    head = bytearray(wave_bytes(frames=0))
    struct.pack_into("<I", head, 4, riff_size)
    struct.pack_into("<I", head, len(head) - 4, data_size)
    return bytes(head) + pcm + trailer


def mp3() -> bytes:
    return sample("weak_answer.mp3").read_bytes()


class TestTheCorpus:
    def test_is_kept_as_it_sounds(self, tmp_path: Path) -> None:
        (tmp_path / "corpus").mkdir()
        copied = {}
        for bite in build(tmp_path / "corpus"):
            if bite.refusal is None:
                kept = assert_kept_safely(bite.path.read_bytes(), tmp_path)
                assert kept is not None
                copied[bite.path.name] = kept.facts.is_copied

        assert [name for name, is_copied in copied.items() if not is_copied] == []
        assert len(copied) > 10

    @pytest.mark.parametrize("number", range(len(SPOILERS) * len(FORMATS)))
    def test_is_kept_as_it_sounds_when_it_was_spoilt(self, number: int, tmp_path: Path) -> None:
        assert_kept_safely(mutate(number, seed=14).content, tmp_path)

    @pytest.mark.parametrize("folder", ["recordings", "speech/formats"])
    def test_of_public_reports_is_kept_as_it_sounds(self, folder: str, tmp_path: Path) -> None:
        paths = [path for path in sorted((DATA / folder).glob("*.*")) if path.suffix != ".py"]
        if not paths:
            pytest.skip(f"There are no recordings in {DATA / folder}.")
        for path in paths:
            if sniff_format(path.read_bytes()[:HEAD_BYTES]):
                assert_kept_safely(path.read_bytes(), tmp_path)


class TestMetadata:
    @pytest.mark.parametrize("name", CONTAINERS)
    def test_is_gone_and_the_sound_is_not(self, name: str, tmp_path: Path) -> None:
        content = tagged(tmp_path, name)
        assert any(secret in content for secret in SECRETS)  # or the test would prove nothing

        kept = Kept(content, tmp_path)

        assert kept.facts.is_copied
        assert kept.tells() == []
        assert CANARY not in str(told_by(kept.path))
        assert "creation_time" not in str(told_by(kept.path))
        assert sound_of(kept.path) == sound_of(kept.sent) != b""

    @pytest.mark.parametrize("name", CONTAINERS)
    @pytest.mark.parametrize("part", [0.3, 0.9])
    def test_is_gone_or_kept_with_a_word_in_a_file_that_breaks_off(
        self, name: str, part: float, tmp_path: Path
    ) -> None:
        content = tagged(tmp_path, name)

        assert_kept_safely(content[: int(len(content) * part)], tmp_path)

    @pytest.mark.parametrize("name", CONTAINERS)
    def test_is_gone_or_kept_with_a_word_in_joined_files(self, name: str, tmp_path: Path) -> None:
        content = tagged(tmp_path, name) * 2

        kept = assert_kept_safely(content, tmp_path)

        assert kept is None or kept.facts.is_copied or kept.path.read_bytes() == content

    @pytest.mark.parametrize("version", [2, 3, 4])
    def test_of_an_mp3_is_gone_before_between_and_behind_its_parts(
        self, version: int, tmp_path: Path
    ) -> None:
        tag = id3v2(id3_frame(b"APIC", b"\0image/jpeg\0\3\0" + PICTURE), version=version)
        old = b"TAG" + CANARY.encode().ljust(125, b"\0")
        lyrics = b"LYRICSBEGIN" + CANARY.encode()
        lyrics += b"%06d" % len(lyrics) + b"LYRICS200"
        between = ape(CANARY) + lyrics + old

        kept = Kept(tag * 2 + mp3() + between + tag + mp3() + between, tmp_path)

        assert kept.facts.is_copied
        assert kept.tells() == []
        assert sound_of(kept.path) == sound_of(kept.sent)
        assert kept.facts.duration == pytest.approx(2 * 19.7, abs=0.3)

    def test_of_a_wave_is_gone_with_every_chunk_that_is_not_sound(self, tmp_path: Path) -> None:
        plain = wave_bytes(frames=1600)
        extra = b"".join(chunk(name, CANARY.encode()) for name in (b"iXML", b"bext", b"id3 "))

        kept = Kept(plain[:12] + extra + plain[12:] + NAME_CHUNK, tmp_path)

        assert kept.path.read_bytes() == plain

    def test_of_an_mp4_is_gone_with_what_an_editor_left_over(self, tmp_path: Path) -> None:
        plain = sample("strong_answer.m4a").read_bytes()
        left = box(b"free", CANARY.encode()) + box(b"uuid", bytes(16) + CANARY.encode())

        kept = Kept(plain + left, tmp_path)

        assert kept.facts.is_copied
        assert kept.tells() == []

    def test_in_the_setup_of_a_codec_is_kept_with_a_word(self, tmp_path: Path) -> None:
        tagged(tmp_path, "webm-vorbis")
        path = tmp_path / "comments.webm"
        with av.open(tmp_path / "webm-vorbis.webm") as plain, av.open(path, "w") as out:
            stream = out.add_stream_from_template(plain.streams.audio[0])
            stream.codec_context.extradata = _with_comment(plain.streams.audio[0])
            for packet in plain.demux(audio=0):
                if packet.size:
                    packet.stream = stream
                    out.mux_one(packet)

        kept = Kept(path.read_bytes(), tmp_path)

        assert kept.tells() != []
        assert not kept.facts.is_copied


class TestAWaveWhoseRecorderWasKilled:
    @pytest.mark.parametrize("trailer", [b"", NAME_CHUNK], ids=["alone", "and a LIST behind it"])
    @pytest.mark.parametrize(
        ("data_size", "riff_size"),
        [
            *((0, 0), (0, 36), (0xFFFFFFFF, 0xFFFFFFFF), (0x7FFFFFFF, 0x7FFFFFFF)),
            *((len(PCM) + 1_000_000, 36), (TWO_SECONDS, TWO_SECONDS + 36), (2, 38)),
        ],
    )
    def test_is_heard_and_kept_in_full(
        self, data_size: int, riff_size: int, trailer: bytes, tmp_path: Path
    ) -> None:
        content = wave(data_size=data_size, riff_size=riff_size, trailer=trailer)

        kept = Kept(content, tmp_path)

        assert kept.facts.duration == pytest.approx(5.0)
        assert kept.facts.is_copied
        assert kept.tells() == []
        assert sound_of(kept.path) == PCM
        kept.assert_same_for_the_recognizer()

    def test_is_kept_in_full_when_its_samples_are_compressed(self, tmp_path: Path) -> None:
        content = sample("strong_answer.wav").read_bytes()
        at = content.index(b"data") + 4

        kept = Kept(content[:at] + struct.pack("<I", 20_480) + content[at + 4 :], tmp_path)

        assert kept.facts.is_copied
        assert sound_of(kept.path) == sound_of(sample("strong_answer.wav"))

    def test_begins_again_in_a_joined_file_and_nothing_of_it_is_lost(self, tmp_path: Path) -> None:
        content = wave(data_size=len(PCM), riff_size=len(PCM) + 36) * 2

        kept = Kept(content, tmp_path)

        assert not kept.facts.is_copied

    def test_is_told_from_one_with_a_chunk_that_nobody_knows(self, tmp_path: Path) -> None:
        unknown = chunk(b"zZ9_", CANARY.encode() * 100)

        kept = Kept(wave(data_size=len(PCM), riff_size=36, trailer=unknown), tmp_path)

        assert kept.facts.is_copied
        assert sound_of(kept.path) == PCM


class TestTheCopy:
    def test_has_the_duration_that_a_browser_leaves_out(self, tmp_path: Path) -> None:
        kept = Kept(tagged(tmp_path, "webm-live"), tmp_path)

        with av.open(kept.sent) as sent, av.open(kept.path) as copy:
            assert sent.duration is None
            assert copy.duration == pytest.approx(2_000_000, abs=50_000)

    def test_keeps_the_gaps_in_the_clock(self, tmp_path: Path) -> None:
        gap = _with_a_gap(sample("strong_answer.webm"), tmp_path / "gap.webm")

        kept = Kept(gap.read_bytes(), tmp_path)

        assert kept.facts.is_copied
        assert _times(kept.path) == _times(kept.sent)
        assert max(np.diff(_times(kept.path))) > 5

    def test_keeps_every_track_of_sound(self, tmp_path: Path) -> None:
        path = tmp_path / "tracks.mp4"
        with av.open(path, "w", format="mp4") as out:
            streams = [out.add_stream("aac", rate=16_000, layout="mono") for _ in range(2)]
            for stream, samples in zip(streams, (noise(1.0), noise(1.0)[::-1].copy()), strict=True):
                frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "s16", "mono")
                frame.sample_rate = 16_000
                out.mux([*stream.encode(frame), *stream.encode(None)])

        kept = Kept(path.read_bytes(), tmp_path)

        assert kept.facts.is_copied
        with av.open(kept.path) as copy:
            assert len(copy.streams.audio) == 2

    def test_has_no_picture(self, tmp_path: Path) -> None:
        tag = id3v2(id3_frame(b"APIC", b"\0image/jpeg\0\3\0" + PICTURE), version=3)

        kept = Kept(tag + mp3(), tmp_path)

        with av.open(kept.path) as copy:
            assert [stream.type for stream in copy.streams] == ["audio"]

    def test_is_not_there_when_the_disk_is_full(self) -> None:
        facts = ChildAudioProbe(max_seconds=MAX_SECONDS).probe(
            sample("strong_answer.webm"), audio_format="webm", copy=Path("/dev/full")
        )

        assert facts.duration == pytest.approx(28.05, abs=0.1)
        assert not facts.is_copied

    def test_is_given_up_when_it_takes_too_long(
        self, child: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(child, "COPY_CPU_SECONDS", 0.0)

        assert _probe(child, sample("strong_answer.ogg"), tmp_path)["copied"] == 0

    @pytest.mark.parametrize("spoilt", ["bytes", "clock", "left out"])
    def test_is_not_used_when_it_differs(
        self, child: ModuleType, spoilt: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        source = sample("strong_answer.ogg")
        assert _probe(child, source, tmp_path)["copied"] == 1
        monkeypatch.setattr(child.Copy, "add", _spoiling(child.Copy.add, spoilt))

        assert _probe(child, source, tmp_path)["copied"] == 0

    @pytest.fixture
    def child(self, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        """The program as a module; it opens our own samples only."""
        found = importlib.util.spec_from_file_location("audio_child", PROGRAM)
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        monkeypatch.setattr(module, "COPY_CPU_SECONDS", math.inf)  # this process is old
        return module


def _with_comment(stream: av.AudioStream) -> bytes:
    """Return the setup of a Vorbis stream with a comment in it, as Matroska keeps it."""
    setup = bytes(stream.codec_context.extradata or b"")
    first, last = (setup[setup.index(mark) :] for mark in (b"\x01vorbis", b"\x05vorbis"))
    comment = f"ARTIST={CANARY}".encode()
    second = b"\x03vorbis" + struct.pack("<III", 0, 1, len(comment)) + comment + b"\x01"
    first = first[: first.index(b"\x03vorbis")]
    return bytes([2, len(first), len(second)]) + first + second + last


def _probe(child: ModuleType, source: Path, folder: Path) -> dict[str, object]:
    answer: dict[str, object] = child.run(
        "probe",
        str(source),
        audio_format=source.suffix[1:],
        max_seconds=60.0,
        output=str(folder / f"copy{source.suffix}"),
    )
    return answer


def _spoiling(add: object, how: str) -> object:
    """Return `Copy.add` with a fault: the tenth packet is written otherwise than it was read."""
    count = 0

    def spoilt(copy: object, packet: "av.Packet[av.AudioStream]") -> None:
        nonlocal count
        count += 1
        if count != 10:
            add(copy, packet)  # type: ignore[operator] # the method as it was
            return
        signature = copy.sent[packet.stream.index]  # type: ignore[attr-defined] # of the program
        signature.add(packet)
        if how == "left out":
            return
        other = av.Packet(bytes(packet)[:-1] + b"\0") if how == "bytes" else packet
        other.time_base, other.pts, other.dts = packet.time_base, packet.pts, packet.dts
        other.duration = packet.duration
        if how == "clock":
            signature.times[-1] += 0.5
        other.stream = copy.targets[packet.stream.index]  # type: ignore[attr-defined] # likewise
        copy.container.mux_one(other)  # type: ignore[attr-defined] # likewise

    return spoilt


def _with_a_gap(source: Path, target: Path) -> Path:
    """Write the recording with five seconds of nothing in its middle, as a muted browser does."""
    with av.open(source) as whole, av.open(target, "w", format="webm") as out:
        stream = out.add_stream_from_template(whole.streams.audio[0])
        for packet in whole.demux(whole.streams.audio[0]):
            if packet.size and packet.pts is not None and packet.dts is not None:
                if packet.pts * packet.time_base > 10:
                    packet.pts, packet.dts = packet.pts + 5000, packet.dts + 5000
                packet.stream = stream
                out.mux_one(packet)
    return target


def _times(path: Path) -> list[float]:
    with av.open(path) as container:
        packets = [packet for packet in container.demux(audio=0) if packet.size]
        return [float((packet.pts or 0) * packet.time_base) for packet in packets]
