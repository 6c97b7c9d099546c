import pytest

from media.audio_files import (
    CONTENT_TYPES,
    FORMATS,
    HEAD_BYTES,
    content_type,
    mpeg_frame_length,
    public_name,
    read_name,
    sniff_format,
)
from tests.recordings import sample, wave_bytes

MP3_HEADER = b"\xff\xfb\x90\x64"  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes


class TestSniffFormat:
    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_knows_our_own_recordings(self, audio_format: str) -> None:
        head = sample(f"strong_answer.{audio_format}").read_bytes()[:HEAD_BYTES]

        assert sniff_format(head) == audio_format

    def test_knows_a_plain_wave(self) -> None:
        assert sniff_format(wave_bytes(frames=10)) == "wav"

    def test_knows_an_mp3_without_a_tag_by_two_frames(self) -> None:
        assert sniff_format((MP3_HEADER + bytes(413)) * 2) == "mp3"

    def test_wants_the_second_frame_where_the_first_says_it_is(self) -> None:
        assert sniff_format(MP3_HEADER + bytes(500)) is None

    @pytest.mark.parametrize(
        "head",
        [
            b"",
            b"\xff",
            b"RIFF",
            b"ID3",
            b"\x89PNG\r\n\x1a\n" + bytes(64),
            b"PK\x03\x04" + bytes(64),
            b"<!DOCTYPE html><html><body>hello</body></html>",
            b"ffconcat version 1.0\nfile 'real.wav'\n",
            b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1/a.ts\n",
            b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
            b"fLaC" + bytes(64),
            b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(64),
            b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(64),
            b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64),
            b"\x1a\x45\xdf\xa3" + bytes(64),
            b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64),
            b"\xff\xf1\x50\x80" + bytes(64),
        ],
    )
    def test_knows_nothing_else(self, head: bytes) -> None:
        assert sniff_format(head) is None

    @pytest.mark.parametrize("brand", [b"M4A ", b"isom", b"mp42", b"dash", b"iso5", b"qt  "])
    def test_knows_mp4_by_the_brands_that_carry_sound(self, brand: bytes) -> None:
        assert sniff_format(b"\x00\x00\x00\x14ftyp" + brand + bytes(64)) == "m4a"

    def test_takes_a_compatible_brand_for_an_answer(self) -> None:
        head = b"\x00\x00\x00\x18ftypXXXX\x00\x00\x00\x00isommp41" + bytes(64)

        assert sniff_format(head) == "m4a"


class TestMpegFrameLength:
    def test_counts_the_padding_byte(self) -> None:
        assert mpeg_frame_length(MP3_HEADER) == 417
        assert mpeg_frame_length(b"\xff\xfb\x92\x64") == 418

    def test_halves_it_for_low_sample_rates(self) -> None:
        assert mpeg_frame_length(b"\xff\xf3\x84\xc4") == 72 * 64_000 // 24_000


class TestNames:
    def test_are_made_of_numbers(self) -> None:
        name = public_name(position=3, attempt=1, audio_format="webm")

        assert name == "question-03-attempt-01.webm"

    @pytest.mark.parametrize(("position", "attempt"), [(1, 1), (20, 7), (3, 123)])
    def test_are_understood_when_they_come_back(self, position: int, attempt: int) -> None:
        name = public_name(position=position, attempt=attempt, audio_format="mp3")

        assert read_name(name) == (position, attempt, "mp3")

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "..",
            "../question-01-attempt-01.mp3",
            "question-1-attempt-1.mp3",
            "question-001-attempt-01.mp3",
            "question-01-attempt-01.mp3.exe",
            "question-0\u0661-attempt-01.mp3",
            "question-01-attempt-99999999999.mp3",
        ],
    )
    def test_are_the_only_ones_understood(self, name: str) -> None:
        assert read_name(name) is None

    def test_go_with_a_media_type_each(self) -> None:
        assert set(CONTENT_TYPES) == {"mp3", "wav", "m4a", "webm", "ogg"}
        assert content_type("m4a") == "audio/mp4"
