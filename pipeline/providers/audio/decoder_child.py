"""
Probe and copy an untrusted recording, or decode it to 16 kHz mono, as a program of its own.

Called as `python -I decoder_child.py MODE FORMAT MAX_SECONDS SOURCE [OUTPUT]`; answers with one JSON
object on the standard output. Imports nothing of the project, so that it starts in a fraction of a
second and knows no secret. Everything that a hostile file could reach (demuxer, muxer, decoder,
resampler) runs here, under limits.

`probe` measures the recording. With an OUTPUT it also writes a copy without metadata: the packets
as they are, in a new container of the same format, nothing beside them. The answer says `copied`
only if a decoder is given the same by the copy as by the source; else the copy must not be used.
"""

import array
import contextlib
import errno
import hashlib
import json
import math
import mmap
import os
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

DEMUXERS = {"mp3": "mp3", "wav": "wav", "m4a": "mp4", "webm": "matroska", "ogg": "ogg"}
MUXERS = {"m4a": ("ipod", "mp4", "mov"), "webm": ("webm", "matroska")}  # else named as the format
CODECS = frozenset(
    {"mp3", "mp3float", "aac", "alac", "opus", "libopus", "vorbis", "flac", "speex", "libspeex"}
)
CODEC_FAMILIES = ("pcm_", "adpcm_")
SAMPLE_RATES = (8_000, 192_000)  # Hz
MAX_CHANNELS = 8
TARGET_RATE = 16_000  # Hz, what the recognizer hears
SAMPLE_BYTES = 2  # signed 16 bit
SLACK_SECONDS = 1.0  # encoders pad the end; the limit is not meant to catch that
MAX_BROKEN_PACKETS = 64  # before the first sound: more than that is no recording
CLOCKED = ("m4a", "webm", "ogg")  # containers that say when each packet is to be heard
CLOCK_TOLERANCE = 0.002  # seconds that the time of a packet may differ by in a copy
DECODER_ORDERS = ("skip_samples", "new_extradata", "param_change")  # beside a packet

MEMORY_BYTES = 1_610_612_736  # 1.5 GB: turns a decode bomb into a MemoryError
OPEN_FILES = 32
BLOCK_BYTES = 1_048_576
ANSWER_BYTES = 65_536  # where the standard output is a file
CPU_SECONDS = {"probe": 4, "decode": 60}
COPY_CPU_SECONDS = 2.5  # after that a copy is given up; half an hour of sound takes 1.5
CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
SIGKILL = 9

TRAILER_BYTES = 4_194_304  # of a WAV file, in which chunks behind the sound are looked for
CHUNK_HEADER_BYTES = 8
CHUNKS = re.compile(  # that may follow the sound in a WAV file
    rb"LIST|id3 |ID3 |bext|iXML|axml|_PMX|cart|cue |smpl|inst|fact|JUNK|junk|PAD |FLLR|PEAK|DISP"
    rb"|afsp|acid|plst|note|labl|umid|LGWV|minf|elm1|regn|SAUR"
)
SOUND_CHUNKS = frozenset({b"RIFF", b"RF64", b"data"})


class Rejected(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The recording is not one that we take; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for and print the answer."""
    mode, audio_format, seconds, source, *rest = arguments
    output = rest[0] if rest else None
    try:
        limit_resources(mode, output_bytes=_output_bytes(mode, source, output, float(seconds)))
        die_with_parent()
        leave_network()
        answer = run(
            mode, source, audio_format=audio_format, max_seconds=float(seconds), output=output
        )
    except Rejected as rejection:
        answer = {"error": rejection.code}
    except MemoryError:
        answer = {"error": "unsupported_format"}
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        answer = {"error": "disk_full" if is_full else "unreadable"}
    sys.stdout.write(json.dumps(answer))
    return 0


def _output_bytes(mode: str, source: str, output: str | None, seconds: float) -> int:
    """Return how many bytes a file may have that is written: samples, or a copy of the source."""
    if output is None:
        return ANSWER_BYTES
    if mode == "decode":
        return int((seconds + 60) * TARGET_RATE * SAMPLE_BYTES)
    size = os.stat(source).st_size  # noqa: PTH116 - pathlib costs start-up time
    return size + size // 4 + BLOCK_BYTES


def limit_resources(mode: str, *, output_bytes: int) -> None:
    """Give up what reading one file does not need, before the first byte of it is read."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS[mode],
        resource.RLIMIT_FSIZE: output_bytes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for name, wanted in limits.items():
        hard = resource.getrlimit(name)[1]
        # At its hard limit of time a process is killed; a second before, SIGXCPU says why.
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

    Many containers forbid namespaces; then the forced demuxer and the protocol white list, which
    alone keep FFmpeg from the network, still stand. So a failure here refuses no recording.
    """
    with contextlib.suppress(OSError, AttributeError, ImportError):
        import ctypes

        library = ctypes.CDLL(None)
        if library.unshare(CLONE_NEWNET) != 0:
            library.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def run(
    mode: str, source: str, *, audio_format: str, max_seconds: float, output: str | None
) -> dict[str, object]:
    """Open the recording with the one demuxer that its signature names; probe or decode it."""
    import av

    try:
        end, is_whole = find_wave_end(source) if audio_format == "wav" else (None, True)
        with open_recording(source, audio_format, end=end) as container:
            reader = Reader(container, max_seconds=max_seconds)
            if mode == "decode" and output is not None:
                return reader.decode(output)
            if output is None or not is_whole:
                return {**reader.measure(), "copied": 0}
            copy = Copy(output, audio_format, container.streams.audio)
            found = reader.measure(copy)
            return {**found, "copied": int(copy.finish() and not reader.broke_off)}
    except av.error.ArgumentError as error:  # the demuxer's word for 1,024 channels and the like
        raise Rejected("unsupported_audio_parameters") from error
    except av.error.InvalidDataError as error:
        raise Rejected("unsupported_format") from error
    except av.error.FFmpegError as error:
        read_through(source)  # FFmpeg says "input/output error" of a header that breaks off, too
        raise Rejected("unsupported_format") from error


def open_recording(source: str, audio_format: str, *, end: int | None = None) -> Any:
    """Return the opened container; with `end`, of a WAV file whose samples go on until there."""
    import av

    options = {"protocol_whitelist": "file"}
    if end is not None:
        source = f"subfile,,start,0,end,{end},,:{source}"
        options = {"protocol_whitelist": "file,subfile", "ignore_length": "1"}
    return av.open(
        source, format=DEMUXERS[audio_format], options=options, metadata_errors="replace"
    )


def read_through(source: str) -> None:
    """Read the whole file, so that a fault of the machine and not of the file is an `OSError`."""
    with open(source, "rb") as file:  # noqa: PTH123 - pathlib costs start-up time
        while file.read(BLOCK_BYTES):
            pass


def find_wave_end(source: str) -> tuple[int | None, bool]:
    """
    Return where the samples of a WAV file end (None: where FFmpeg says), and if they are all of it.

    The header of a recorder that was killed says too little: FFmpeg reads to the end of the file
    when it says 0, and stops too early when it was written some time before.
    """
    with open_recording(source, "wav") as container:
        reader = Reader(container)
        packets = [(packet.pos, packet.size) for packet in reader.packets([reader.stream])]
        is_raw = reader.stream.codec_context.name.startswith(CODEC_FAMILIES)
    if not packets or None in (packets[0][0], packets[-1][0]):
        return None, False
    start, end = packets[0][0], sum(packets[-1])
    with open(source, "rb") as file:  # noqa: PTH123 - pathlib costs start-up time
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found = find_trailing_chunks(data, start)
    if not is_raw:  # their packets do not tell where they lie
        return None, found == len(data)
    chunks = read_chunks(data, end)
    if chunks:
        return None, SOUND_CHUNKS.isdisjoint(chunks)
    return (found if abs(found - end) >= CHUNK_HEADER_BYTES else None), True


def read_chunks(data: mmap.mmap, at: int) -> list[bytes]:
    """Return the names of the chunks from here to the end of the file; none if there are none."""
    names = []
    at += at % 2  # chunks begin at even places
    while len(data) - at >= CHUNK_HEADER_BYTES:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += CHUNK_HEADER_BYTES + size + size % 2
        if not (name.isascii() and name.decode("ascii").isprintable()):
            return []
        if at > len(data) + 1 and CHUNKS.fullmatch(name) is None:
            return []
        names.append(name)
    return names


def find_trailing_chunks(data: mmap.mmap, start: int) -> int:
    """Return where chunks begin that fill the file up to its end; its length if there are none."""
    begins = {len(data)}
    start = max(start, len(data) - TRAILER_BYTES)
    for match in reversed(list(CHUNKS.finditer(data, start))):
        at = match.start()
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if not begins.isdisjoint((at + 8 + size, at + 8 + size + size % 2)):
            begins.add(at)
    return min(begins)


def _audio_stream(container: Any) -> Any:
    """Return the first audio stream, when we know its codec and its numbers are sane."""
    if not container.streams.audio:
        raise Rejected("no_audio")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or not (context.name in CODECS or context.name.startswith(CODEC_FAMILIES)):
        raise Rejected("unsupported_format")
    context.thread_count = 1
    if context.sample_rate or context.channels:
        check_parameters(context.sample_rate, context.channels)
    return stream


def check_parameters(sample_rate: int, channels: int) -> None:
    """Reject rates and channel counts that no microphone has: little data could last for days."""
    lowest, highest = SAMPLE_RATES
    if not lowest <= sample_rate <= highest or not 1 <= channels <= MAX_CHANNELS:
        raise Rejected("unsupported_audio_parameters")


class Signature:
    """Digest of what a decoder is given of one stream: equal ones decode to equal samples."""

    def __init__(self, stream: Any, audio_format: str) -> None:
        context = stream.codec_context
        self.is_raw = context.name.startswith(CODEC_FAMILIES)
        shape = (context.sample_rate, context.channels) if self.is_raw else ()  # else in the setup
        self.codec = (context.name, shape, _setup_of(context))
        self.has_clock = audio_format in CLOCKED
        self.digest = hashlib.sha256()
        self.start: float | None = None  # seconds
        self.times = array.array("d")  # seconds after it

    def add(self, packet: Any) -> None:
        """Take in the next packet: its bytes, what a decoder is told beside them, its time."""
        if not self.is_raw:
            self.digest.update(f"{packet.size} {packet.is_discard} ".encode())
        if self.has_clock:
            seconds = float((packet.pts or 0) * packet.time_base)
            self.start = seconds if self.start is None else self.start
            self.times.append(seconds - self.start)
        for kind in DECODER_ORDERS:
            if packet.has_sidedata(kind):
                self.digest.update(packet.get_sidedata(kind))
        self.digest.update(packet)

    def equals(self, other: "Signature") -> bool:
        """Return whether both streams decode to the same samples, at the same times."""
        shifts = (abs(mine - its) for mine, its in zip(self.times, other.times, strict=True))
        return (
            self.codec == other.codec
            and self.digest.digest() == other.digest.digest()
            and max(shifts, default=0.0) <= CLOCK_TOLERANCE
        )


def _setup_of(context: Any) -> tuple[bytes, ...]:
    """Return what the decoder is set up with; of Vorbis without its comments."""
    extradata = bytes(context.extradata or b"")
    if context.name != "vorbis":
        return (extradata,)
    head, _, rest = extradata.partition(b"\x03vorbis")
    return head[head.find(b"\x01vorbis") :], rest[rest.rfind(b"\x05vorbis") :]


def has_comments(stream: Any) -> bool:
    """Return whether a stream of Vorbis brings comments in its setup, as Matroska keeps them."""
    comments = bytes(stream.codec_context.extradata or b"").partition(b"\x03vorbis")[2]
    at = 4 + int.from_bytes(comments[:4], "little")
    return any(comments[at : at + 4])


class Copy:
    """
    Writes the sound of a recording into a new container of its format, and nothing beside it.

    No metadata, pictures, chapters or other tracks; all tracks of sound. Whatever fails, the
    recording can still be measured, and `finish` says that there is no copy.
    """

    def __init__(self, path: str, audio_format: str, streams: Sequence[Any]) -> None:
        self.path = path
        self.format = audio_format
        self.streams = streams
        self.container: Any = None
        self.targets: dict[int, Any] = {}
        self.has_failed = False
        self.sent: dict[int, Signature] = {}

    def add(self, packet: Any) -> None:
        """Copy one packet; it belongs to the copy from then on."""
        if self.has_failed or (self.format == "mp3" and not has_sync(packet)):
            return
        try:
            if self.container is None:
                self._open(packet)
            index = packet.stream.index
            self.sent[index].add(packet)
            packet.stream = self.targets[index]
            self.container.mux_one(packet)
        except Exception:  # noqa: BLE001 - whatever it is, the recording is kept as it came
            self.has_failed = True
        if time.process_time() > COPY_CPU_SECONDS:
            self.has_failed = True

    def finish(self) -> bool:
        """Close the copy; return whether it is there and decodes to what the source decodes to."""
        if self.container is None:
            return False
        try:
            self.container.close()
            return not self.has_failed and self._is_faithful()
        except Exception:  # noqa: BLE001 - as above
            return False

    def _open(self, first: Any) -> None:
        """Open the copy with the first muxer that takes all streams; raise `ValueError` if none."""
        import av

        self.sent = {stream.index: Signature(stream, self.format) for stream in self.streams}
        options = {"fflags": "+bitexact"}
        if self.format == "mp3":  # the header tells what to skip, and only if the source did
            options["write_xing"] = str(int(first.has_sidedata("skip_samples")))
        for muxer in MUXERS.get(self.format, (self.format,)):
            self.container = av.open(self.path, "w", format=muxer, options=options)
            with contextlib.suppress(ValueError):
                self.targets = {
                    stream.index: self.container.add_stream_from_template(stream)
                    for stream in self.streams
                }
                return
        raise ValueError(self.format)

    def _is_faithful(self) -> bool:
        """Read the copy as the source was read, and compare; look for what was not left out."""
        with open_recording(self.path, self.format) as container:
            streams = container.streams.audio
            found = {stream.index: Signature(stream, self.format) for stream in streams}
            for packet in container.demux(streams):
                if packet.size:
                    found[packet.stream.index].add(packet)
            pairs = zip(self.sent.values(), found.values(), strict=True)
            return all(sent.equals(copied) for sent, copied in pairs) and not any(
                has_comments(stream) for stream in streams
            )


def has_sync(packet: Any) -> bool:
    """Return whether this is a frame of MP3, as the demuxer also yields what lies between."""
    head = bytes(packet).lstrip(b"\0")[:2]
    return head[:1] == b"\xff" and head[1:] >= b"\xe0"


class Reader:
    """Goes through the sound of one recording, once."""

    def __init__(self, container: Any, *, max_seconds: float = math.inf) -> None:
        self.container = container
        self.stream = _audio_stream(container)
        self.limit = max_seconds + SLACK_SECONDS
        self.broken = 0  # packets that did not decode
        self.broke_off = False  # the demuxer gave up before the end of the file
        self.heard: tuple[int, int] | None = None  # sample rate and channels of the first frame

    def measure(self, copy: Copy | None = None) -> dict[str, object]:
        """Return rate, channels and the duration of the packets; decode until the first sound."""
        seconds = 0.0
        for packet in self.packets(self.container.streams.audio if copy else [self.stream]):
            if packet.stream.index == self.stream.index:
                if self.heard is None:
                    next(self._frames(packet), None)
                seconds += self._packet_seconds(packet)
                if seconds > self.limit:
                    raise Rejected("audio_too_long")
            if copy is not None:
                copy.add(packet)
        if self.heard is None:
            raise Rejected("unsupported_format" if self.broken else "no_audio")
        return {"duration": seconds, "sample_rate": self.heard[0], "channels": self.heard[1]}

    def decode(self, output: str) -> dict[str, object]:
        """Write the sound as 16 kHz mono, signed 16 bit; return how many samples there are."""
        samples = 0
        with open(output, "wb") as sink:  # noqa: PTH123 - pathlib costs start-up time
            for block in self._resampled():
                sink.write(block)
                samples += len(block) // SAMPLE_BYTES
                if samples > self.limit * TARGET_RATE:
                    raise Rejected("audio_too_long")
        if self.heard is None:
            raise Rejected("unsupported_format" if self.broken else "no_audio")
        return {"samples": samples}

    def packets(self, streams: Sequence[Any]) -> Iterator[Any]:
        """Yield packets with data; a file that breaks off in the middle ends there."""
        from av import error

        packets = self.container.demux(streams)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, error.EOFError):
                return
            except error.FFmpegError as fault:
                if self.heard is None and not isinstance(fault, error.InvalidDataError):
                    raise
                self.broke_off = True
                return
            if packet.size:
                yield packet

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
        """Return how long the packet lasts, by the decoder's frame size where it does not say."""
        if packet.duration and packet.time_base:
            return float(packet.duration * packet.time_base)
        context = self.stream.codec_context
        rate = context.sample_rate or TARGET_RATE
        return (context.frame_size or 0) / rate

    def _resampled(self) -> Iterator[bytes]:
        """Yield the sound as the recognizer wants it; a change of shape starts a new resampler."""
        from av.audio.resampler import AudioResampler

        resampler, shape = None, None
        for frame in self._decoded():
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != shape:
                if resampler is not None:
                    yield from _bytes_of(resampler.resample(None))
                resampler = AudioResampler(format="s16", layout="mono", rate=TARGET_RATE)
                shape = found
            frame.pts = None  # gaps and jumps in the file's clock must not become silence or hours
            yield from _bytes_of(resampler.resample(frame))
        if resampler is not None:
            yield from _bytes_of(resampler.resample(None))

    def _decoded(self) -> Iterator[Any]:
        for packet in self.packets([self.stream]):
            yield from self._frames(packet)
        yield from self._frames(None)  # what the decoder held back


def _bytes_of(frames: list[Any]) -> Iterator[bytes]:
    for frame in frames:
        if frame.samples:
            yield bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
