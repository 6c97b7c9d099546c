"""
A program of its own that opens untrusted recordings: measures them, or decodes them to 16 kHz mono.

Called by `audio_forker` in a process of its own, or as `python -I audio_child.py MODE FORMAT MAX_SECONDS SOURCE [OUTPUT]`;
answers with one JSON object on the standard output. Imports nothing of the project, so that it starts in a fraction of a second and
knows no secret. Everything that a hostile file could reach (demuxer, decoder, resampler) runs here, under limits.
"""

import contextlib
import errno
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

DEMUXERS = {"mp3": "mp3", "wav": "wav", "m4a": "mp4", "webm": "matroska", "ogg": "ogg"}
CODECS = frozenset(
    {"mp3", "mp3float", "aac", "alac", "opus", "libopus", "vorbis", "flac", "speex", "libspeex"}
)
CODEC_FAMILIES = ("pcm_", "adpcm_")
SAMPLE_RATES = (8_000, 192_000)  # Hz
MAX_CHANNELS = 8
TARGET_RATE = 16_000  # Hz, what the recogniser hears
SAMPLE_BYTES = 2  # signed 16 bit
SLACK_SECONDS = 1.0  # encoders pad the end; the limit is not meant to catch that
MAX_BROKEN_PACKETS = 64  # before the first sound: more than that is no recording

MEMORY_BYTES = 1_610_612_736  # 1.5 GB: turns a decode bomb into a MemoryError
OPEN_FILES = 32
BLOCK_BYTES = 1_048_576
ANSWER_BYTES = 65_536  # where the standard output is a file
CPU_SECONDS = {"probe": 4, "decode": 60}  # half an hour of sound is probed in half a second
CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
SIGKILL = 9


class Rejected(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The recording is not one that we take; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def main(arguments: list[str], *, has_left_network: bool = False) -> int:
    """Do what the command line asks for and print the answer."""
    mode, audio_format, seconds, source, *rest = arguments
    sink = open(rest[0], "wb") if rest else None  # noqa: SIM115, PTH123 - lives as long as the program; pathlib costs start-up time
    output_bytes = int((float(seconds) + 60) * TARGET_RATE * SAMPLE_BYTES) if sink else ANSWER_BYTES
    lock_up(mode, output_bytes=output_bytes)
    die_with_parent()
    if not has_left_network:
        leave_network()
    try:
        answer = run(source, audio_format=audio_format, max_seconds=float(seconds), sink=sink)
    except Rejected as rejection:
        answer = {"error": rejection.code}
    except MemoryError:
        answer = {"error": "unsupported_format"}
    except OSError as trouble:
        answer = {
            "error": "disk_full" if trouble.errno in (errno.ENOSPC, errno.EDQUOT) else "unreadable"
        }
    sys.stdout.write(json.dumps(answer))
    return 0


def lock_up(mode: str, *, output_bytes: int) -> None:
    """Take away what reading one file does not need, before the first byte of it is read."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS[mode],
        resource.RLIMIT_FSIZE: output_bytes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for name, wanted in limits.items():
        hard = resource.getrlimit(name)[1]
        # At its hard limit of time a process is killed; a second before, SIGXCPU says whose fault it is.
        ceiling = wanted + 1 if name == resource.RLIMIT_CPU else wanted
        if hard != resource.RLIM_INFINITY:
            ceiling = min(ceiling, hard)
        resource.setrlimit(name, (min(wanted, ceiling), ceiling))


def die_with_parent() -> None:
    """Have Linux kill this process when the one that started it is gone."""
    with contextlib.suppress(OSError, AttributeError, ImportError):
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)


def leave_network() -> None:
    """
    Move into an empty network namespace.

    Many containers forbid namespaces; then the forced demuxer and the protocol white list, which alone keep
    FFmpeg from the network, still stand. So a refusal here is no reason to refuse the recording.
    """
    with contextlib.suppress(OSError, AttributeError, ImportError):
        import ctypes

        library = ctypes.CDLL(None)
        if library.unshare(CLONE_NEWNET) != 0:
            library.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def run(
    source: str, *, audio_format: str, max_seconds: float, sink: BinaryIO | Any | None
) -> dict[str, object]:
    """Open the file with the one demuxer that its signature names, and measure or decode it."""
    import av

    try:
        with av.open(
            source,
            format=DEMUXERS[audio_format],
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        ) as container:
            stream = _audio_stream(container)
            reader = Reader(container, stream, max_seconds=max_seconds)
            return reader.decode(sink) if sink else reader.measure()
    except av.error.ArgumentError as trouble:  # the demuxer's word for 1,024 channels and the like
        raise Rejected("unsupported_audio_parameters") from trouble
    except av.error.InvalidDataError as trouble:
        raise Rejected("unsupported_format") from trouble
    except av.error.FFmpegError as trouble:
        read_through(source)  # FFmpeg says "input/output error" of a header that breaks off, too
        raise Rejected("unsupported_format") from trouble


def read_through(source: str) -> None:
    """Read the whole file, so that the machine can say by an `OSError` that it is at fault and not the file."""
    with open(source, "rb") as file:  # noqa: PTH123 - pathlib costs start-up time
        while file.read(BLOCK_BYTES):
            pass


def _audio_stream(container: Any) -> Any:
    """Return the first audio stream, when we know its codec and its numbers are sane."""
    if not container.streams.audio:
        raise Rejected("no_audio")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or not _known_codec(context.name):
        raise Rejected("unsupported_format")
    context.thread_count = 1
    if context.sample_rate or context.channels:
        check_parameters(context.sample_rate, context.channels)
    return stream


def _known_codec(name: str) -> bool:
    return name in CODECS or name.startswith(CODEC_FAMILIES)


def check_parameters(sample_rate: int, channels: int) -> None:
    """Reject rates and channel counts that no microphone has: they are ways to make little data last for days."""
    lowest, highest = SAMPLE_RATES
    if not lowest <= sample_rate <= highest or not 1 <= channels <= MAX_CHANNELS:
        raise Rejected("unsupported_audio_parameters")


class Reader:
    """Goes through one audio stream, once."""

    def __init__(self, container: Any, stream: Any, *, max_seconds: float) -> None:
        self.container = container
        self.stream = stream
        self.limit = max_seconds + SLACK_SECONDS
        self.broken = 0  # packets that did not decode
        self.heard: tuple[int, int] | None = None  # sample rate and channels of the first frame

    def measure(self) -> dict[str, object]:
        """Return rate, channels and the duration that the packets add up to; decode until the first sound."""
        seconds = 0.0
        for packet in self._packets():
            if self.heard is None:
                self._listen(packet)
            seconds += self._packet_seconds(packet)
            if seconds > self.limit:
                raise Rejected("audio_too_long")
        if self.heard is None:
            raise Rejected("unsupported_format" if self.broken else "no_audio")
        return {"duration": seconds, "sample_rate": self.heard[0], "channels": self.heard[1]}

    def decode(self, sink: Any) -> dict[str, object]:
        """Write the sound as 16 kHz mono, signed 16 bit, frame by frame; return how many samples there are."""
        samples = 0
        for block in self._resampled():
            sink.write(block)
            samples += len(block) // SAMPLE_BYTES
            if samples > self.limit * TARGET_RATE:
                raise Rejected("audio_too_long")
        sink.flush()  # here, where a full disk can still be told
        if self.heard is None:
            raise Rejected("unsupported_format" if self.broken else "no_audio")
        return {"samples": samples}

    def _packets(self) -> Iterator[Any]:
        """Yield packets with data; a file that breaks off in the middle ends there."""
        from av import error

        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, error.EOFError, error.InvalidDataError):
                return
            except error.FFmpegError:
                if self.heard is None:
                    raise
                return
            if packet.size:
                yield packet

    def _listen(self, packet: Any) -> None:
        for _frame in self._frames(packet):
            return

    def _frames(self, packet: Any) -> Iterator[Any]:
        """Yield the packet's frames that hold samples; note broken packets."""
        from av.error import FFmpegError

        try:
            frames = packet.decode() if packet is not None else self.stream.decode(None)
        except FFmpegError:
            self.broken += 1
            if self.heard is None and self.broken > MAX_BROKEN_PACKETS:
                raise Rejected("unsupported_format") from None
            return
        for frame in frames:
            if frame.samples:
                channels = frame.layout.nb_channels
                check_parameters(frame.sample_rate, channels)
                self.heard = self.heard or (frame.sample_rate, channels)
                yield frame

    def _packet_seconds(self, packet: Any) -> float:
        """Return how long the packet lasts; containers without durations get the decoder's frame size."""
        if packet.duration and packet.time_base:
            return float(packet.duration * packet.time_base)
        context = self.stream.codec_context
        rate = context.sample_rate or TARGET_RATE
        return (context.frame_size or 0) / rate

    def _resampled(self) -> Iterator[bytes]:
        """Yield the sound in the recogniser's shape; a change of shape in the middle starts a new resampler."""
        from av.audio.resampler import AudioResampler

        resampler, shape = None, None
        for frame in self._decoded():
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != shape:
                if resampler is not None:
                    yield from _bytes_of(resampler.resample(None))
                resampler, shape = (
                    AudioResampler(format="s16", layout="mono", rate=TARGET_RATE),
                    found,
                )
            frame.pts = None  # gaps and jumps in the file's clock must not become silence or hours
            yield from _bytes_of(resampler.resample(frame))
        if resampler is not None:
            yield from _bytes_of(resampler.resample(None))

    def _decoded(self) -> Iterator[Any]:
        for packet in self._packets():
            yield from self._frames(packet)
        yield from self._frames(None)  # what the decoder held back


def _bytes_of(frames: list[Any]) -> Iterator[bytes]:
    for frame in frames:
        if frame.samples:
            yield bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
