"""What the environment asks of the stack."""

from pathlib import Path

import pytest
from django.conf import settings

from interview_platform.stack import config, parts
from interview_platform.stack.config import read_config
from interview_platform.stack.part import choose
from interview_platform.stack.troubles import CannotStart

OF_GPU_WORKERS = ("GPU_WORKER_CONCURRENCY", "GPUS", "GPU_INDEX", "WHISPER_DEVICE")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOST", "PORT", "BROKER_URL", "DATABASE_URL", *OF_GPU_WORKERS):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(config, "count_gpus", lambda: 0)


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
        monkeypatch.setattr(config, "count_gpus", lambda: 1)
        on_gpu = read_config().gpu_concurrency
        monkeypatch.setenv("WHISPER_DEVICE", "cpu")
        told_not_to = read_config().gpu_concurrency
        monkeypatch.setenv("GPU_WORKER_CONCURRENCY", "3")
        told = read_config().gpu_concurrency

        assert (on_cpu, on_gpu, told_not_to, told) == (4, 1, 4, 3)


class TestWorkersOnGpus:
    def test_are_one_process_a_gpu_and_each_sees_its_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GPUS", "3")

        workers = parts.gpu_workers(read_config())

        assert [w.environment["CUDA_VISIBLE_DEVICES"] for w in workers] == ["0", "1", "2"]
        assert all("--concurrency=1" in worker.command for worker in workers)
        assert (
            len({worker.command[worker.command.index("--hostname") + 1] for worker in workers}) == 3
        )
        assert len({worker.log for worker in workers}) == 3

    def test_are_as_many_as_the_machine_shows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(config, "count_gpus", lambda: 2)

        assert len(parts.gpu_workers(read_config())) == 2

    def test_keep_to_those_that_the_operator_lets_us_see(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        monkeypatch.setenv("GPUS", "")
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,GPU-8f1c")

        workers = parts.gpu_workers(read_config())

        assert [w.environment["CUDA_VISIBLE_DEVICES"] for w in workers] == ["4", "GPU-8f1c"]

    @pytest.mark.parametrize(("gpus", "device"), [("0", "auto"), ("2", "cpu")])
    def test_is_one_on_the_cores_without_any(
        self, monkeypatch: pytest.MonkeyPatch, gpus: str, device: str
    ) -> None:
        monkeypatch.setenv("GPUS", gpus)
        monkeypatch.setenv("WHISPER_DEVICE", device)

        [worker] = parts.gpu_workers(read_config())

        assert "CUDA_VISIBLE_DEVICES" not in worker.environment

    def test_is_started_alone_on_the_gpu_that_its_unit_names(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GPU_INDEX", "1")

        worker = choose(["worker", "gpu"], config=read_config())

        assert worker.environment["CUDA_VISIBLE_DEVICES"] == "1"


class TestQueues:
    def test_are_all_served_by_what_make_run_starts(self) -> None:
        found = read_config()
        started = [*parts.gpu_workers(found), parts.cpu_worker(found)]
        served = [part.command[part.command.index("--queues") + 1] for part in started]

        assert set(",".join(served).split(",")) == set(settings.QUEUES)


class TestChoose:
    def test_knows_the_parts(self) -> None:
        found = read_config()

        assert "uvicorn" in choose(["api"], config=found).command
        assert "gpu" in choose(["worker", "gpu"], config=found).command
        assert "cpu" in choose(["worker", "cpu"], config=found).command
        assert "maint" in choose(["worker", "maint"], config=found).command
        assert "cpu,gpu" in choose(["worker", "cpu,gpu"], config=found).command

    @pytest.mark.parametrize("arguments", [[], ["worker"], ["worker", "tpu"], ["web"]])
    def test_names_the_parts_to_who_asks_for_another(self, arguments: list[str]) -> None:
        with pytest.raises(CannotStart, match="QUEUES=gpu"):
            choose(arguments, config=read_config())
