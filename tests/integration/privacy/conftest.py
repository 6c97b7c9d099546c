from pathlib import Path
from typing import Any

import pytest

from tests.integration.privacy.lives import Life


@pytest.fixture
def uploads(settings: Any, tmp_path: Path) -> Path:
    """The storage, in a folder of this test."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
    }
    return folder


@pytest.fixture
def life(uploads: Path) -> Life:
    """Somebody who has registered and has questions."""
    life = Life()
    life.register()
    life.open_interview()
    return life
