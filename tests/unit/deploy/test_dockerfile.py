"""The Dockerfile takes what there is, and nothing else. There is no Docker engine here: it has not been built."""

import re
from fnmatch import fnmatch
from typing import Final

from django.conf import settings

from tests.environment import ROOT, documented_variables
from tests.unit.deploy.manifests import DEPLOY

TEXT: Final = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
IGNORE: Final = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
STAGE: Final = re.compile(r"^FROM (\S+)(?: AS (\S+))?$", re.MULTILINE)
COPY: Final = re.compile(r"^COPY (?!--from)(.+)$", re.MULTILINE)
COPY_FROM: Final = re.compile(r"^COPY --from=(\S+) (\S+) (\S+)$", re.MULTILINE)
TOOLS: Final = {  # what the image understands beside our settings
    *("PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR", "LD_LIBRARY_PATH"),
    *("PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK", "HF_HUB_DISABLE_TELEMETRY"),
    *("NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES"),
}


def sources() -> set[str]:
    return {name for line in COPY.findall(TEXT) for name in line.split()[:-1]}


def is_seen(name: str) -> bool:
    """Whether the build may see a path: the last rule of the ignore file that fits decides."""
    seen = True
    for rule in (line for line in IGNORE if line and not line.startswith("#")):
        pattern = rule.removeprefix("!").removeprefix("**/")
        if fnmatch(name.partition("/")[0], pattern) or fnmatch(name.rpartition("/")[2], pattern):
            seen = rule.startswith("!")
    return seen


class TestDockerfile:
    def test_copies_only_what_is_there_and_seen(self) -> None:
        assert {name for name in sources() if not (ROOT / name).exists()} == set()
        assert {name for name in sources() if not is_seen(name)} == set()

    def test_copies_all_of_the_program(self) -> None:
        ours = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}

        assert ours | {"interview_platform", "locale", "manage.py", "celery_app.py"} <= sources()

    def test_sees_no_secrets_no_data_and_no_history(self) -> None:
        for name in (".env", "var", ".git", ".venv", "tests", "uploads", "deploy/.env"):
            assert not is_seen(name)
        assert not is_seen("pipeline/__pycache__")

    def test_names_its_stages_before_it_uses_them(self) -> None:
        known: set[str] = set()
        for base, name in STAGE.findall(TEXT):
            if "/" not in base and ":" not in base and "$" not in base:
                assert base in known
            assert name, f"the stage from {base} has no name"
            known.add(name)

        assert {"cpu", "cuda", "weights-baked", "weights-volume"} <= known
        assert {stage for stage, _, _ in COPY_FROM.findall(TEXT)} <= known

    def test_runs_as_nobody_in_particular(self) -> None:
        after = TEXT.partition(" AS cpu\n")[2]

        assert re.search(r"^USER 10001:10001$", after, re.MULTILINE)
        assert not re.search(r"^USER (root|0)", TEXT, re.MULTILINE)

    def test_checks_the_hashes_of_what_it_installs(self) -> None:
        assert "--require-hashes" in TEXT

    def test_says_how_its_health_is_told(self) -> None:
        checks = re.findall(r"HEALTHCHECK.*CMD \[(.+)\]", TEXT)

        assert [check.split('"')[-2] for check in checks] == ["api", "worker"]

    def test_sets_only_variables_that_somebody_reads(self) -> None:
        lines = re.findall(r"^(?:ENV|RUN export) (.+)$", TEXT, re.MULTILINE)
        names = {name for line in lines for name in re.findall(r"\b([A-Z][A-Z_]+)=", line)}

        assert names - TOOLS - set(documented_variables()) == set()
