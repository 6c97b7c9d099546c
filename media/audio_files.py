"""What a recording is, judged by its first bytes; and the names and types that we give to it."""

import re
from typing import Final

HEAD_BYTES: Final = 4096  # enough for every signature below

CONTENT_TYPES: Final = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "ogg": "audio/ogg",
}
FORMATS: Final = tuple(CONTENT_TYPES)

NAME: Final = re.compile(
    r"question-(?P<position>[0-9]{2,5})-attempt-(?P<attempt>[0-9]{2,9})\.(?P<format>[a-z0-9]{3,4})"
)

EBML_MAGIC = b"\x1a\x45\xdf\xa3"
ID3_HEADER_BYTES = 10
MP4_BRANDS = frozenset(
    {
        *(b"M4A ", b"M4B ", b"M4V ", b"mp41", b"mp42", b"isom", b"iso2", b"iso3", b"iso4", b"iso5"),
        *(b"iso6", b"iso7", b"iso8", b"iso9", b"avc1", b"dash", b"MSNV", b"qt  ", b"f4a ", b"F4A "),
        *(b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gr6", b"3gs7", b"3g2a", b"3g2b", b"3g2c", b"M4VH"),
    }
)


def sniff_format(head: bytes) -> str | None:
    """Return mp3, wav, m4a, webm or ogg by the signature; None for everything else."""
    if head[:4] == b"OggS":
        return "ogg"
    if _is_wave(head):
        return "wav"
    if head[:4] == EBML_MAGIC:
        return "webm" if _is_webm(head) else None
    if head[4:8] == b"ftyp":
        return "m4a" if _has_mp4_brand(head) else None
    return "mp3" if _is_mpeg_audio(head) else None


def content_type(audio_format: str) -> str:
    """Return the media type to serve this format with."""
    return CONTENT_TYPES[audio_format]


def public_name(*, position: int, attempt: int, audio_format: str) -> str:
    """Return the name that a recording is shown under: of numbers, never of the client's words."""
    return f"question-{position:02d}-attempt-{attempt:02d}.{audio_format}"


def read_name(name: str) -> tuple[int, int, str] | None:
    """Return position, attempt and format of a name that `public_name` makes; None for any other."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    position, attempt = int(match["position"]), int(match["attempt"])
    found = position, attempt, match["format"]
    return (
        found
        if name == public_name(position=position, attempt=attempt, audio_format=found[2])
        else None
    )


def _is_wave(head: bytes) -> bool:
    """Tell RIFF/WAVE and its 64-bit kin; big-endian RIFX is refused by the demuxer and so by us."""
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"


def _is_webm(head: bytes) -> bool:
    """Tell WebM by its document type; browsers of the Chromium family also record plain Matroska."""
    return b"webm" in head[:64] or b"matroska" in head[:64]


def _has_mp4_brand(head: bytes) -> bool:
    """Look for a brand that plays; HEIF and AVIF pictures are MP4 boxes too."""
    size = min(max(int.from_bytes(head[:4], "big"), 16), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    return any(brand in MP4_BRANDS for brand in brands)


def _is_mpeg_audio(head: bytes) -> bool:
    """Tell MP3: an ID3v2 tag, or two frame headers with the right distance between them."""
    if head[:3] == b"ID3":
        return len(head) >= ID3_HEADER_BYTES and all(byte < 0x80 for byte in head[6:10])  # noqa: PLR2004 - 7-bit bytes
    length = mpeg_frame_length(head)
    if length is None:
        return False
    return len(head) < length + 4 or mpeg_frame_length(head[length:]) is not None


MPEG_SYNC = 0xFFE0  # eleven set bits
LAYER_III = 0b01
VERSION_1, VERSION_RESERVED = 0b11, 0b01
BITRATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s
BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # kbit/s
SAMPLE_RATES = {
    0b11: (44100, 48000, 32000),
    0b10: (22050, 24000, 16000),
    0b00: (11025, 12000, 8000),
}


def mpeg_frame_length(header: bytes) -> int | None:
    """Return the bytes of the MPEG layer III frame that begins here; None where none does."""
    word = int.from_bytes(header[:4], "big")
    version, layer = word >> 19 & 0b11, word >> 17 & 0b11
    bitrate, rate = word >> 12 & 0b1111, word >> 10 & 0b11
    if len(header) < 4 or word >> 16 & MPEG_SYNC != MPEG_SYNC or layer != LAYER_III:  # noqa: PLR2004 - a header's bytes
        return None
    if version == VERSION_RESERVED or bitrate in (0b0000, 0b1111) or rate == 0b11:  # noqa: PLR2004 - reserved bits
        return None
    kilobits = (BITRATES_V1 if version == VERSION_1 else BITRATES_V2)[bitrate]
    samples_per_bit = 144 if version == VERSION_1 else 72
    padding = word >> 9 & 1
    return samples_per_bit * kilobits * 1000 // SAMPLE_RATES[version][rate] + padding
