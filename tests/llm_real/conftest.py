from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.llm_real.small_model import MISSING, SmallModel, weights


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallModel]:
    """The model, or a test that is skipped with the reason."""
    file: Path | None = weights()
    if file is None:
        pytest.skip(MISSING)
    running = SmallModel(file, log=tmp_path_factory.mktemp("model") / "server.log")
    yield running
    running.stop()
