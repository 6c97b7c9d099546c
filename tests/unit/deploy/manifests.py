"""What lies in `deploy/`, read for the tests."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from yaml import CSafeLoader

from tests.environment import ROOT

DEPLOY: Final = ROOT / "deploy"
KUBERNETES: Final = DEPLOY / "kubernetes"
OVERLAYS: Final = ("cpu-small", "gpu")
GENERATED: Final = {"Kustomization", "Component"}

Manifest = dict[str, Any]  # as YAML has it: this is the edge


@cache
def documents(path: Path) -> list[Manifest]:
    """Return the documents of a file."""
    found = yaml.load_all(path.read_text("utf-8"), Loader=CSafeLoader)
    return [document for document in found if document]


def manifest_files() -> list[Path]:
    """Return every file of Kubernetes'."""
    return sorted(KUBERNETES.rglob("*.yaml"))


@cache
def written() -> list[Manifest]:
    """Return every object as it is written; patches and kustomizations are not among them."""
    return [
        document
        for path in manifest_files()
        for document in documents(path)
        if document["kind"] not in GENERATED and not is_patch(path)
    ]


def is_patch(path: Path) -> bool:
    """Tell whether a file only changes an object of the base."""
    kustomization = documents(path.with_name("kustomization.yaml"))[0]
    return path.name in [patch.get("path") for patch in kustomization.get("patches", ())]


@cache
def rendered(overlay: str) -> list[Manifest]:
    """Return the objects of an overlay, put together by kustomize; none where there is no kubectl."""
    program = shutil.which("kubectl")
    if program is None:
        return []
    made = subprocess.run(
        [program, "kustomize", str(KUBERNETES / "overlays" / overlay)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return [found for found in yaml.load_all(made.stdout, Loader=CSafeLoader) if found]


def of_kind(kind: str) -> list[Manifest]:
    """Return the written objects of a kind."""
    return [found for found in written() if found["kind"] == kind]


def pod_of(manifest: Manifest) -> Manifest:
    """Return the pod's spec in what makes pods."""
    spec: Manifest = manifest["spec"]["template"]["spec"]
    return spec


def containers_of(manifest: Manifest) -> list[Manifest]:
    """Return all containers, those that come first included."""
    pod = pod_of(manifest)
    return [*pod.get("initContainers", ()), *pod["containers"]]


def makers_of_pods() -> list[Manifest]:
    """Return everything that makes pods of our image."""
    return [*of_kind("Deployment"), *of_kind("Job")]
