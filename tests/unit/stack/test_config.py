"""What the environment asks of the stack."""

from pathlib import Path

import pytest

from interview_platform.stack import config
from interview_platform.stack.config import read_config
from interview_platform.stack.part import choose
from interview_platform.stack.troubles import CannotStart


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOST", "PORT", "BROKER_URL", "DATABASE_URL", "GPU_WORKER_CONCURRENCY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(config, "has_cuda", lambda: False)


class TestReadConfig:
    def test_has_defaults_for_everything(self, tmp_path: Path) -> None:
        found = read_config()

        assert found.url == "http://127.0.0.1:8000"
        assert found.data_dir == tmp_path
        assert (found.broker_url, found.database_url) == ("", "")

    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - nothing listens there
            ("::1", "http://[::1]:8000"),
            ("interviews.local", "http://interviews.local:8000"),
        ],
    )
    def test_gives_an_address_that_can_be_opened(
        self, host: str, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOST", host)

        assert read_config().url == url

    @pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
    def test_refuses_what_is_no_port(self, port: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", port)

        with pytest.raises(CannotStart, match="PORT"):
            read_config()

    def test_recognises_on_every_core_but_with_one_process_on_a_gpu(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(config, "usable_cores", lambda: 16)
        on_cpu = read_config().gpu_concurrency
        monkeypatch.setattr(config, "has_cuda", lambda: True)
        on_gpu = read_config().gpu_concurrency
        monkeypatch.setenv("WHISPER_DEVICE", "cpu")
        told_not_to = read_config().gpu_concurrency
        monkeypatch.setenv("GPU_WORKER_CONCURRENCY", "3")
        told = read_config().gpu_concurrency

        assert (on_cpu, on_gpu, told_not_to, told) == (4, 1, 4, 3)


class TestChoose:
    def test_knows_the_parts(self) -> None:
        found = read_config()

        assert "gunicorn" in choose(["api"], config=found).command
        assert "gpu" in choose(["worker", "gpu"], config=found).command
        assert "cpu" in choose(["worker", "cpu"], config=found).command
        assert "cpu,gpu" in choose(["worker", "cpu,gpu"], config=found).command

    @pytest.mark.parametrize("arguments", [[], ["worker"], ["worker", "tpu"], ["web"]])
    def test_names_the_parts_to_who_asks_for_another(self, arguments: list[str]) -> None:
        with pytest.raises(CannotStart, match="QUEUES=gpu"):
            choose(arguments, config=read_config())
