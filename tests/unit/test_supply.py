import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from pipeline.domain.ports import PermanentError
from pipeline.providers import model_files
from tests.environment import ROOT
from tests.supply import audit, licences

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
APACHE: Final = (
    *("Apache 2", "Apache2", "Apache-2.0", "Apache License 2.0", "Apache Software License"),
    *("Apache License, Version 2.0", "apache v2", "The Apache Software License, v2.0"),
)
PINNED: Final = re.compile(r"^([\w.-]+)==([^ ;\\]+)( ;)?", re.MULTILINE)


def locked_in(lock: str) -> list[tuple[str, str, str]]:
    """Return name, version and whether there is a condition, of each package in the lock."""
    found = PINNED.findall((ROOT / lock).read_text("utf-8"))
    return [(plain(name), version, marker) for name, version, marker in found]


def plain(name: str) -> str:
    """Return a package's name as PEP 503 compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


class TestTheLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_have_one_version_of_each_package_for_every_python(self, lock: str) -> None:
        times = Counter(name for name, _, _ in locked_in(lock))

        assert [name for name, count in times.items() if count > 1] == []

    def test_agree_on_what_the_product_needs(self) -> None:
        product, everything = ({row[:2] for row in locked_in(lock)} for lock in LOCKS[:2])

        assert product - everything == set()


class TestLicences:
    @pytest.mark.parametrize(
        ("licence", "verdict"),
        [
            ("MIT", "ok"),
            ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", "ok"),
            ("GPL-2.0-or-later OR MPL-2.0", "ok"),
            ("MIT AND GPL-3.0-only", "unknown"),
            ("AGPL-3.0-only", "forbidden"),
            ("CC-BY-NC-4.0 Non-Commercial", "forbidden"),
            *((spelling, "ok") for spelling in APACHE),
            ("Apache License 1.1", "unknown"),
            ("BSD 3-Clause", "ok"),
            ("3-Clause BSD License", "ok"),
            ("BSD-4-Clause", "unknown"),
            ("Mozilla Public License 2.0 (MPL 2.0)", "ok"),
            ("Mozilla Public License 1.1 (MPL 1.1)", "unknown"),
            ("GNU General Public License v2 or later (GPLv2+)", "unknown"),
            ("unknown", "unknown"),
            ("All rights reserved", "unknown"),
        ],
    )
    def test_are_judged_by_every_part_that_binds(self, licence: str, verdict: str) -> None:
        assert licences.judge(licence) == verdict

    def test_of_everything_that_is_installed_are_ones_we_take(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status = licences.main()

        assert (
            status,
            [row for row in capsys.readouterr().out.splitlines() if "unknown" in row],
        ) == (0, [])


class TestModelFiles:
    @pytest.mark.parametrize("files", model_files.EVERYTHING, ids=lambda files: str(files.title))
    def test_are_refused_when_one_byte_is_another(
        self, files: model_files.ModelFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = files.pattern.replace("**/*", "model").replace("*", "3")
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"other weights")
        monkeypatch.setattr(model_files, "package_folder", lambda _: tmp_path)

        with pytest.raises(PermanentError, match="has sha256"):
            model_files.require_unchanged(files)


class TestTheBillOfMaterials:
    """What `make sbom` writes."""

    def test_names_what_the_locks_name(self, tmp_path: Path) -> None:
        bill = tmp_path / "sbom.json"
        make = [
            sys.executable,
            "-m",
            "cyclonedx_py",
            "environment",
            sys.executable,
            "--no-validate",
        ]
        subprocess.run([*make, "--output-file", str(bill)], check=True, capture_output=True)
        told = {
            (plain(one["name"]), one["version"])
            for one in json.loads(bill.read_text("utf-8"))["components"]
        }
        locked = {lock: locked_in(lock) for lock in LOCKS}
        needed = {(name, version) for name, version, marker in locked[LOCKS[0]] if not marker}

        assert needed <= told
        assert told <= {(name, version) for rows in locked.values() for name, version, _ in rows}


class TestAudit:
    def test_says_when_nobody_can_be_asked(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert audit.report("some.lock", None) == 0
        assert "not audited" in capsys.readouterr().out

    def test_fails_for_a_known_weakness(self, capsys: pytest.CaptureFixture[str]) -> None:
        weak = {"id": "CVE-1", "fix_versions": ["2.0"]}
        rows = json.loads(json.dumps([{"name": "x", "version": "1.0", "vulns": [weak]}]))

        assert audit.report("some.lock", rows) == 1
        assert "CVE-1" in capsys.readouterr().out
