"""
Files that bite: what people have uploaded to hurt, or by mistake, built by this script; and mutations of good recordings.

Nothing here is downloaded or kept: `build` writes the corpus into a folder in a few seconds, `mutate` makes the mutation of
a number, always the same one.
"""

import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import av
import numpy as np

from tests.recordings import FORMATS, sample, video_only, wave_bytes

CANARY: Final = "real.wav"  # a whole recording beside the files, which none of them may reach
UNSUPPORTED: Final = "unsupported_format"
PARAMETERS: Final = "unsupported_audio_parameters"
TOO_LONG: Final = "audio_too_long"
NO_AUDIO: Final = "no_audio"
HOURS: Final = 10
AAC_SAMPLES: Final = 1024  # in a packet
LOW_RATE: Final = 8_000  # Hz
EXTREMES: Final = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
HEAD_BYTES: Final = 4096  # where a change does most harm

CONCAT = f"ffconcat version 1.0\nfile '{CANARY}'\n".encode()
PLAYLIST = f"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\n{CANARY}\n#EXT-X-ENDLIST\n".encode()
REMOTE_PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"
SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 50000 RTP/AVP 0\r\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06" + bytes(2000)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>" * 20
DISGUISES: Final = {
    "concat": CONCAT,
    "concat_bomb": CONCAT + f"file '{CANARY}'\n".encode() * 20_000,
    "playlist": PLAYLIST,
    "remote_playlist": REMOTE_PLAYLIST,
    "sdp": SDP,
    "png": PNG,
    "html": HTML,
    "mpeg_playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "xspf": f"<playlist><track><location>{CANARY}</location></track></playlist>".encode(),
}


@dataclass(frozen=True, slots=True)
class Bite:
    """One file, and what the upload is to say: the code of the refusal, or None when it is a recording like any other."""

    path: Path
    refusal: str | None
    late_refusal: str | None = None  # what the decoder says of one whose header lies too well


def build(folder: Path) -> list[Bite]:
    """Write the whole corpus and its canary into the folder; return what is what."""
    (folder / CANARY).write_bytes(wave_bytes())
    return [
        *_disguises(folder),
        *_waves(folder),
        *_bombs(folder),
        *_odd_ones(folder),
        *_good(folder),
    ]


def _disguises(folder: Path) -> Iterator[Bite]:
    """Other kinds of files, each under every name that we take."""
    for ending in FORMATS:
        for name, content in {**DISGUISES, "zip": _zip()}.items():
            yield _write(folder, f"{name}.{ending}", content, UNSUPPORTED)
    for audio_format in FORMATS:  # a signature that lies, before a text that names the canary
        head = sample(f"strong_answer.{audio_format}").read_bytes()[:64]
        yield _write(folder, f"head_and_concat.{audio_format}", head + b"\n" + CONCAT, UNSUPPORTED)


def _waves(folder: Path) -> Iterator[Bite]:
    """Headers that no microphone writes."""
    yield _write(folder, "8_hertz.wav", wave_bytes(frames=500_000, rate=8), PARAMETERS)
    yield _write(folder, "4_gigahertz.wav", wave_bytes(frames=500, rate=4_000_000_000), UNSUPPORTED)
    yield _write(folder, "0_hertz.wav", wave_bytes(frames=500, rate=0), UNSUPPORTED)
    yield _write(folder, "384_kilohertz.wav", wave_bytes(rate=384_000), PARAMETERS)
    yield _write(folder, "1024_channels.wav", wave_bytes(frames=50, channels=1024), PARAMETERS)
    yield _write(folder, "9_channels.wav", wave_bytes(frames=500, channels=9), PARAMETERS)
    yield _write(folder, "no_samples.wav", wave_bytes(frames=0), NO_AUDIO)
    for claimed in (0xFFFFFFFF, 0x7FFFFFFF, 1_000_000):
        yield _write(folder, f"claims_{claimed}.wav", wave_bytes(claimed=claimed), None)


def _bombs(folder: Path) -> Iterator[Bite]:
    """Little data that lasts for hours."""
    packets = HOURS * 3600 * LOW_RATE // AAC_SAMPLES
    hours = _repeated_silence(folder / "ten_hours.m4a", packets=packets, each=AAC_SAMPLES)
    yield Bite(hours, TOO_LONG)
    yield Bite(
        _repeated_silence(folder / "one_packet_for_days.m4a", packets=40, each=2**30), TOO_LONG
    )
    lying = _repeated_silence(folder / "hours_told_as_seconds.m4a", packets=packets, each=1)
    yield Bite(lying, None, late_refusal=TOO_LONG)


def _odd_ones(folder: Path) -> Iterator[Bite]:
    """Containers without a sound that can be played, and sounds that break off."""
    film = video_only(folder)
    yield Bite(film, NO_AUDIO)
    yield _write(folder, "film.webm", _matroska_film(), NO_AUDIO)
    junk = random.Random(7).randbytes(100_000)  # noqa: S311 - the same junk each time
    yield _write(folder, "tag_and_junk.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + junk, UNSUPPORTED)
    yield _write(folder, "junk.mp3", junk, UNSUPPORTED)
    whole = sample("strong_answer.m4a").read_bytes()
    yield _write(folder, "without_its_index.m4a", whole[: len(whole) // 3], UNSUPPORTED)
    whole = sample("strong_answer.webm").read_bytes()
    yield _write(folder, "header_breaks_off.webm", whole[:260], UNSUPPORTED)
    for ending in ("mp3", "wav", "webm", "ogg"):
        whole = sample(f"strong_answer.{ending}").read_bytes()
        yield _write(folder, f"breaks_off.{ending}", whole[: len(whole) // 3], None)
    yield _write(folder, "3_kilobytes.mp3", sample("strong_answer.mp3").read_bytes()[:3000], None)


def _good(folder: Path) -> Iterator[Bite]:
    """What honest people upload, under names that are wrong."""
    for ending, name in (("mp3", "x.wav"), ("webm", "x.mp3"), ("ogg", "x.m4a"), ("m4a", "x")):
        yield _write(folder, name, sample(f"strong_answer.{ending}").read_bytes(), None)
    yield _write(folder, "stereo.wav", wave_bytes(rate=44_100, channels=2), None)
    yield _write(folder, "one_second.wav", wave_bytes(), None)


def _write(folder: Path, name: str, content: bytes, refusal: str | None) -> Bite:
    path = folder / name
    path.write_bytes(content)
    return Bite(path, refusal)


def _zip() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(CANARY, wave_bytes())
    return buffer.getvalue()


def _matroska_film() -> bytes:
    buffer = BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=5)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8))
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return buffer.getvalue()


def _repeated_silence(target: Path, *, packets: int, each: int) -> Path:
    """
    Write one packet of AAC silence again and again, each claiming to last `each` samples.

    Encoding ten hours would take a minute; copying a packet takes no time.
    """
    with av.open(target, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=LOW_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        zeros = np.zeros((1, AAC_SAMPLES * 4), dtype=np.int16)
        frame = av.AudioFrame.from_ndarray(zeros, format="s16", layout="mono")
        frame.sample_rate = LOW_RATE
        encoded = [bytes(packet) for packet in (*stream.encode(frame), *stream.encode(None))]
        for number in range(packets):
            packet = av.Packet(encoded[-1])
            packet.stream, packet.time_base = stream, Fraction(1, LOW_RATE)
            packet.pts = packet.dts = number * each
            packet.duration = each
            container.mux_one(packet)
    return target


@dataclass(frozen=True, slots=True)
class Mutation:
    """A good recording with something done to it."""

    name: str
    content: bytes


def mutate(number: int, *, seed: int = 1) -> Mutation:
    """Return the mutation of this number: one of the ways to spoil a file, on one of the formats."""
    source = random.Random(f"{seed}/{number}")  # noqa: S311 - the same ones each time are wanted
    audio_format = FORMATS[number % len(FORMATS)]
    spoil = SPOILERS[number // len(FORMATS) % len(SPOILERS)]
    content = bytearray(_good_bytes()[audio_format])
    spoil(content, source)
    return Mutation(f"{number}-{spoil.__name__[1:]}.{audio_format}", bytes(content))


@cache
def _good_bytes() -> dict[str, bytes]:
    return {ending: sample(f"strong_answer.{ending}").read_bytes() for ending in FORMATS}


def _somewhere(content: bytearray, source: random.Random) -> int:
    """Return a place in the content, in its head half of the time."""
    end = min(HEAD_BYTES, len(content)) if source.random() < 0.5 else len(content)
    return source.randrange(end)


def _flip_bits(content: bytearray, source: random.Random) -> None:
    for _ in range(source.choice((1, 4, 16, 64, 512))):
        content[_somewhere(content, source)] ^= 1 << source.randrange(8)


def _truncate(content: bytearray, source: random.Random) -> None:
    del content[_somewhere(content, source) :]


def _splice(content: bytearray, source: random.Random) -> None:
    """Go on in the middle of another format."""
    other = _good_bytes()[source.choice(FORMATS)]
    content[_somewhere(content, source) :] = other[source.randrange(len(other)) :]


def _repeat(content: bytearray, source: random.Random) -> None:
    begin = _somewhere(content, source)
    piece = content[begin : begin + source.choice((8, 100, 5000))]
    content[begin:begin] = piece * source.choice((1, 2, 50))


def _cut_out(content: bytearray, source: random.Random) -> None:
    begin = _somewhere(content, source)
    del content[begin : begin + source.choice((1, 4, 100, 20_000))]


def _blank(content: bytearray, source: random.Random) -> None:
    begin = _somewhere(content, source)
    content[begin : begin + source.choice((4, 64, 4096))] = bytes(source.choice((4, 64, 4096)))


def _exaggerate(content: bytearray, source: random.Random) -> None:
    """Write numbers where sizes, counts and rates may stand."""
    for _ in range(source.choice((1, 3, 10))):
        place = min(_somewhere(content, source), len(content) - 4)
        order = source.choice(("<I", ">I"))
        struct.pack_into(order, content, place, source.choice(EXTREMES))


def _append(content: bytearray, source: random.Random) -> None:
    content += source.choice((CONCAT, PLAYLIST, source.randbytes(50_000), bytes(content)))


SPOILERS: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    _flip_bits,
    _truncate,
    _splice,
    _repeat,
    _cut_out,
    _blank,
    _exaggerate,
    _append,
)
