from pathlib import Path

import pytest

from media.tags import TooManyParts, blanks, find_blanks
from media.tags.ogg import checksum
from tests.recordings import FORMATS, sample, wave_bytes
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
    sound_of,
    tagged,
    told_by,
)

SECRETS = (CANARY.encode(), PLACE.encode(), b"Fairphone", b"VoiceMemos", b"2026-01-31")


def strip(content: bytes, audio_format: str) -> bytes:
    changed = bytearray(content)
    for blank in find_blanks(content, audio_format=audio_format):
        assert len(blank.filled) == blank.length
        changed[blank.at : blank.at + blank.length] = blank.filled
    return bytes(changed)


def mp3() -> bytes:
    return sample("weak_answer.mp3").read_bytes()


class TestEveryFormat:
    @pytest.mark.parametrize("name", CONTAINERS)
    def test_tells_nothing_any_more_and_sounds_the_same(self, name: str, tmp_path: Path) -> None:
        content = tagged(tmp_path, name)
        assert any(secret in content for secret in SECRETS)  # or the test would prove nothing

        stripped = strip(content, CONTAINERS[name][3])

        assert [secret for secret in SECRETS if secret in stripped] == []
        assert CANARY not in str(told_by(stripped, folder=tmp_path))
        assert "creation_time" not in str(told_by(stripped, folder=tmp_path))
        assert sound_of(stripped, folder=tmp_path) == sound_of(content, folder=tmp_path)
        assert len(stripped) == len(content)

    @pytest.mark.parametrize("name", CONTAINERS)
    def test_has_nothing_left_to_take_out(self, name: str, tmp_path: Path) -> None:
        ending = CONTAINERS[name][3]

        assert find_blanks(strip(tagged(tmp_path, name), ending), audio_format=ending) == []

    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_leaves_a_file_without_secrets_as_it_is(self, audio_format: str) -> None:
        content = sample(f"strong_answer.{audio_format}").read_bytes()

        assert find_blanks(content, audio_format=audio_format) == []

    @pytest.mark.parametrize("name", CONTAINERS)
    def test_survives_a_file_that_breaks_off_anywhere(self, name: str, tmp_path: Path) -> None:
        content = tagged(tmp_path, name)

        for end in (*range(0, 400, 7), *range(400, len(content), len(content) // 40)):
            strip(content[:end], CONTAINERS[name][3])

    def test_gives_up_on_a_file_in_absurdly_many_parts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(blanks, "MOST_PARTS", 1000)

        with pytest.raises(TooManyParts):
            find_blanks(box(b"skip", b"") * 1001, audio_format="m4a")


class TestMp3:
    @pytest.mark.parametrize("version", [2, 3, 4])
    def test_loses_its_cover_and_all_tags_in_front(self, version: int, tmp_path: Path) -> None:
        cover = id3_frame(b"APIC", b"\0image/jpeg\0\3\0" + PICTURE)
        bare = mp3()[10 + int.from_bytes(mp3()[6:10], "big") :]

        stripped = strip(id3v2(cover, version=version) * 2 + bare, "mp3")

        assert CANARY.encode() not in stripped
        assert sound_of(stripped, folder=tmp_path) == sound_of(bare, folder=tmp_path)

    def test_loses_all_tags_behind(self, tmp_path: Path) -> None:
        old = b"TAG" + CANARY.encode().ljust(125, b"\0")
        lyrics = b"LYRICSBEGIN" + CANARY.encode()
        behind = ape(CANARY) + lyrics + b"%06d" % len(lyrics) + b"LYRICS200" + old

        stripped = strip(mp3() + behind, "mp3")

        assert CANARY.encode() not in stripped
        assert sound_of(stripped, folder=tmp_path) == sound_of(mp3() + behind, folder=tmp_path)


class TestWave:
    def test_loses_every_chunk_that_is_not_sound(self, tmp_path: Path) -> None:
        plain = wave_bytes(frames=1600)
        extra = b"".join(chunk(name, CANARY.encode()) for name in (b"iXML", b"bext", b"id3 "))
        content = plain[:12] + extra + plain[12:] + chunk(b"LIST", b"INFOIART" + CANARY.encode())

        stripped = strip(content, "wav")

        assert CANARY.encode() not in stripped
        assert sound_of(stripped, folder=tmp_path) == sound_of(plain, folder=tmp_path)


class TestMp4:
    def test_loses_xmp_and_what_an_editor_left_over(self, tmp_path: Path) -> None:
        plain = sample("strong_answer.m4a").read_bytes()
        left = box(b"free", CANARY.encode()) + box(b"uuid", bytes(16) + CANARY.encode())

        stripped = strip(plain + left, "m4a")

        assert CANARY.encode() not in stripped
        assert sound_of(stripped, folder=tmp_path) == sound_of(plain, folder=tmp_path)


class TestOgg:
    def test_keeps_the_checksum_of_every_page(self, tmp_path: Path) -> None:
        stripped = strip(tagged(tmp_path, "ogg"), "ogg")

        at, pages = 0, 0
        while at < len(stripped):
            table = stripped[at + 27 : at + 27 + stripped[at + 26]]
            page = stripped[at : at + 27 + len(table) + sum(table)]
            found = int.from_bytes(page[22:26], "little")
            assert checksum(page[:22] + bytes(4) + page[26:]) == found
            at, pages = at + len(page), pages + 1
        assert pages > 3
