"""Recordings as phones and studios make them: with names, places, devices and pictures beside the sound. All made here."""

import base64
import struct
from pathlib import Path

import av

from tests.recordings import RATE, hum

CANARY = "Zebulon Quarrington"  # nobody is called so: found anywhere, it was not taken out
PLACE = "+48.8577+002.2950/"
PICTURE = b"\xff\xd8\xff\xe0" + CANARY.encode() * 4000  # as large as a small cover
TAGS = {
    "title": f"Answer of {CANARY}",
    "artist": CANARY,
    "comment": "recorded on the phone of " + CANARY,
    "location": PLACE,
    "make": "Fairphone",
    "encoder": "com.example.VoiceMemos (Phone 17,2)",
    "creation_time": "2026-01-31T12:00:00.000000Z",
    "date": "2026-01-31",
}
CONTAINERS = {  # name: (container, codec, options, ending)
    "mp3": ("mp3", "libmp3lame", {"write_id3v1": "1"}, "mp3"),
    "wav": ("wav", "pcm_s16le", {"write_bext": "1"}, "wav"),
    "m4a": ("ipod", "aac", {"movflags": "use_metadata_tags"}, "m4a"),
    "m4a-itunes": ("ipod", "aac", {}, "m4a"),
    "m4a-fragments": ("mp4", "aac", {"movflags": "frag_keyframe+empty_moov"}, "m4a"),
    "webm": ("webm", "libopus", {}, "webm"),
    "webm-live": ("webm", "libopus", {"live": "1"}, "webm"),
    "webm-vorbis": ("webm", "vorbis", {}, "webm"),
    "mkv-flac": ("matroska", "flac", {}, "webm"),
    "ogg": ("ogg", "libopus", {}, "ogg"),
    "ogg-vorbis": ("ogg", "vorbis", {}, "ogg"),
    "ogg-flac": ("ogg", "flac", {}, "ogg"),
}


def tagged(folder: Path, name: str) -> bytes:
    """Return two seconds of sound in this kind of file, with all that a recorder can tell."""
    container, codec, options, ending = CONTAINERS[name]
    path = folder / f"{name}.{ending}"
    with av.open(path, "w", format=container, options=options) as out:
        rate = 48_000 if codec in {"libopus", "vorbis"} else RATE
        layout = "stereo" if codec == "vorbis" else "mono"  # all that FFmpeg's own encoder can
        stream = out.add_stream(codec, rate=rate, layout=layout, options={"strict": "-2"})
        assert isinstance(stream, av.AudioStream)
        picture = base64.b64encode(PICTURE).decode()
        out.metadata.update(
            TAGS | ({"METADATA_BLOCK_PICTURE": picture} if container == "ogg" else {})
        )
        stream.metadata.update(TAGS | {"handler_name": CANARY})
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate)
        frame = av.AudioFrame.from_ndarray(hum(2.0).reshape(1, -1), format="s16", layout="mono")
        frame.rate = RATE
        fifo = av.AudioFifo()
        for part in resampler.resample(frame):
            fifo.write(part)
        size = stream.codec_context.frame_size or 1024
        while block := fifo.read(size, partial=True):
            out.mux(stream.encode(block))
        out.mux([packet for packet in stream.encode(None) if packet.size])
    return path.read_bytes()


def told_by(path: Path) -> dict[str, str]:
    """Return what a player would show beside the sound."""
    with av.open(path) as container:
        told = dict(container.metadata)
        for stream in container.streams:
            told |= {f"{stream.index}:{name}": text for name, text in stream.metadata.items()}
    return told


def id3v2(frames: bytes, *, version: int = 4) -> bytes:
    """Return a tag for the front of an MP3 file."""
    size = len(frames)
    digits = bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    return b"ID3" + bytes([version, 0, 0]) + digits + frames


def id3_frame(name: bytes, content: bytes) -> bytes:
    """Return one frame of ID3v2.3."""
    return name + len(content).to_bytes(4, "big") + b"\0\0" + content


def ape(text: str) -> bytes:
    """Return an APEv2 tag with a header and a footer."""
    item = struct.pack("<II", len(text), 0) + b"Artist\0" + text.encode()
    size = len(item) + 32
    head, foot = (
        b"APETAGEX" + struct.pack("<IIII", 2000, size, 1, flags) + bytes(8)
        for flags in (0xA0000000, 0x80000000)
    )
    return head + item + foot


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a WAV file."""
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def box(kind: bytes, content: bytes) -> bytes:
    """Return a box of an MP4 file."""
    return struct.pack(">I", len(content) + 8) + kind + content
