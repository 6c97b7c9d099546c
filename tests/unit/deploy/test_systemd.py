"""The units are what systemd understands, and agree with the code."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from interview_platform.stack import parts
from tests.environment import documented_variables
from tests.unit.deploy.manifests import DEPLOY

UNITS = sorted((DEPLOY / "systemd").glob("*.[st]*[et]"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PYTHON = "/opt/interview-platform/.venv/bin/python"
OF_TOOLS = {"PYTHONUNBUFFERED"}


def read(path: Path) -> configparser.ConfigParser:
    """A unit, its last value where a name stands several times."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign] # names keep their case
    unit.read_string(path.read_text("utf-8"))
    return unit


class TestUnits:
    def test_are_there_for_the_api_the_workers_and_the_tables(self) -> None:
        assert {path.name for path in UNITS} == {
            "interview.target",
            "interview-api.service",
            "interview-gpu@.service",
            "interview-migrate.service",
            "interview-worker@.service",
        }

    def test_start_a_worker_for_each_queue(self) -> None:
        wanted = read(DEPLOY / "systemd" / "interview.target")["Unit"]["Wants"]

        assert set(re.findall(r"interview-worker@(\w+)", wanted)) == set(settings.QUEUES)

    @pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
    def test_give_only_what_the_settings_read(self, path: Path) -> None:
        example = (DEPLOY / "systemd" / "environment.example").read_text("utf-8")
        given = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
        for line in re.findall(r"^Environment=(.+)$", path.read_text("utf-8"), re.MULTILINE):
            given += [pair.partition("=")[0] for pair in line.split()]

        assert set(given) - OF_TOOLS - set(documented_variables()) == set()

    def test_let_the_parts_end_in_peace(self) -> None:
        soft = settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
        for path in SERVICES:
            service = read(path)["Service"]
            if "worker" in service["ExecStart"]:
                assert int(service["TimeoutStopSec"]) >= soft + 20
            if service["ExecStart"].endswith(" api"):
                assert int(service["TimeoutStopSec"]) >= parts.API_GRACE

    def test_are_understood_by_systemd(self, tmp_path: Path) -> None:
        program = shutil.which("systemd-analyze")
        if program is None:
            pytest.skip("systemd-analyze is not here")
        for path in UNITS:  # the program must be there: ours stands in
            text = path.read_text("utf-8").replace(PYTHON, sys.executable)
            (tmp_path / path.name).write_text(text, "utf-8")
        names = [path.name.replace("@.", "@0.") for path in UNITS]

        verdict = subprocess.run(
            [program, "verify", "--man=no", "--recursive-errors=no", *names],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        )

        ours = [line for line in verdict.stderr.splitlines() if "interview" in line]
        assert (ours, verdict.returncode) == ([], 0)
