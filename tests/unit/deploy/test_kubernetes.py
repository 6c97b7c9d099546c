"""
The manifests are what Kubernetes takes, and agree with each other and with the code.

There is no cluster here: nothing of this has been applied. The schemas are those of the package `kubernetes-validate`; KEDA's are
our own reading (`keda.py`).
"""

import re
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped] # it has none
import pytest
from django.conf import settings

from interview_platform.stack import parts
from tests.environment import documented_variables
from tests.unit.deploy.keda import SCHEMAS
from tests.unit.deploy.manifests import (
    KUBERNETES,
    OVERLAYS,
    Manifest,
    containers_of,
    documents,
    makers_of_pods,
    manifest_files,
    of_kind,
    pod_of,
    rendered,
    written,
)

VERSIONS = ("1.29", "1.37")  # the oldest that is promised, and the newest that the package knows
REFERRED = re.compile(r"\$\(([A-Z_]+)\)")
WORKERS = {f"worker-{queue}" for queue in settings.QUEUES}


def named(manifest: Manifest) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


def check(manifest: Manifest, version: str) -> None:
    if manifest["kind"] in SCHEMAS:
        jsonschema.validate(manifest, SCHEMAS[manifest["kind"]])
    else:
        kubernetes_validate.validate(manifest, version, strict=True)


def labels_of(manifest: Manifest) -> dict[str, str]:
    labels: dict[str, str] = manifest["spec"]["template"]["metadata"]["labels"]
    return labels


def selected_by(selector: dict[str, str]) -> set[str]:
    """The things that make pods with these labels, the stores included."""
    makers = [*makers_of_pods(), *of_kind("StatefulSet")]
    return {
        maker["metadata"]["name"]
        for maker in makers
        if selector.items() <= labels_of(maker).items()
    }


def variables_of(container: Manifest) -> set[str]:
    return {entry["name"] for entry in container.get("env", ())}


def config_keys() -> set[str]:
    (generator,) = documents(KUBERNETES / "base" / "kustomization.yaml")[0]["configMapGenerator"]
    return {literal.partition("=")[0] for literal in generator["literals"]}


class TestEveryObject:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_is_one_that_kubernetes_takes(self, version: str) -> None:
        for manifest in written():
            check(manifest, version)

    @pytest.mark.parametrize("overlay", OVERLAYS)
    def test_is_one_when_kustomize_has_put_it_together(self, overlay: str) -> None:
        found = rendered(overlay)
        if not found:
            pytest.skip("kubectl, which has kustomize, is not here")
        for manifest in found:
            check(manifest, VERSIONS[-1])
        assert {manifest["metadata"].get("namespace") for manifest in found} <= {
            "interview-platform",
            None,
        }

    def test_lies_where_a_kustomization_names_it(self) -> None:
        listed = set()
        for path in (path for path in manifest_files() if path.name == "kustomization.yaml"):
            kustomization = documents(path)[0]
            patches = [
                patch["path"] for patch in kustomization.get("patches", ()) if "path" in patch
            ]
            for name in (
                *kustomization.get("resources", ()),
                *kustomization.get("components", ()),
                *patches,
            ):
                target = (path.parent / name).resolve()
                assert target.exists(), f"{path} names {name}"
                listed.add(target)

        files = {path for path in manifest_files() if path.name != "kustomization.yaml"}
        assert files <= listed

    def test_of_a_kind_has_a_name_of_its_own(self) -> None:
        names = [named(manifest) for manifest in written()]

        assert sorted(names) == sorted(set(names))


class TestEveryPod:
    @pytest.mark.parametrize("maker", [*makers_of_pods(), *of_kind("StatefulSet")], ids=named)
    def test_may_do_nothing_that_it_need_not(self, maker: Manifest) -> None:
        pod = pod_of(maker)

        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in containers_of(maker):
            allowed = container["securityContext"]
            assert allowed["readOnlyRootFilesystem"] is True
            assert allowed["allowPrivilegeEscalation"] is False
            assert allowed["capabilities"] == {"drop": ["ALL"]}
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
            assert "memory" in container["resources"]["limits"]

    @pytest.mark.parametrize("maker", makers_of_pods(), ids=named)
    def test_is_given_only_what_the_settings_read(self, maker: Manifest) -> None:
        known = set(documented_variables())
        for container in containers_of(maker):
            referred = set(REFERRED.findall(str(container.get("env", ()))))
            assert variables_of(container) - referred - known == set()

    def test_gets_settings_and_secrets_that_are_read(self) -> None:
        secrets: set[str] = set()
        for path in KUBERNETES.rglob("secrets.env.example"):
            secrets |= set(re.findall(r"^([A-Z_]+)=", path.read_text("utf-8"), re.MULTILINE))

        assert secrets - set(documented_variables()) == set()
        assert config_keys() - {"PUBLIC_HOST"} - set(documented_variables()) == set()

    @pytest.mark.parametrize("maker", of_kind("Deployment"), ids=named)
    def test_mounts_only_volumes_that_it_has(self, maker: Manifest) -> None:
        volumes = {volume["name"] for volume in pod_of(maker)["volumes"]}

        for container in containers_of(maker):
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes

    @pytest.mark.parametrize("maker", of_kind("Deployment"), ids=named)
    def test_waits_for_the_tables(self, maker: Manifest) -> None:
        commands = [container["command"] for container in pod_of(maker)["initContainers"]]

        assert ["python", "manage.py", "migrate", "--check"] in commands


class TestTheApi:
    def test_is_asked_at_a_path_and_by_a_name_that_it_answers(self) -> None:
        (container,) = pod_of(one("Deployment", "api"))["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        env = {entry["name"]: entry.get("value") for entry in container["env"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[probe]["httpGet"]
            assert asked["path"] == "/health/live"
            assert asked["port"] in ports
            (host,) = [
                header["value"] for header in asked["httpHeaders"] if header["name"] == "Host"
            ]
            assert host in str(env["ALLOWED_HOSTS"]).split(",")

    def test_has_time_to_answer_what_it_is_asked_at_a_stop(self) -> None:
        pod = pod_of(one("Deployment", "api"))
        before = int(re.findall(r"sleep\((\d+)\)", str(pod["containers"][0]["lifecycle"]))[0])

        assert pod["terminationGracePeriodSeconds"] >= before + parts.API_GRACE

    def test_is_reached_through_its_service(self) -> None:
        service = one("Service", "api")
        (container,) = pod_of(one("Deployment", "api"))["containers"]

        assert selected_by(service["spec"]["selector"]) == {"api"}
        assert service["spec"]["ports"][0]["targetPort"] in [
            port["name"] for port in container["ports"]
        ]

    def test_shows_the_world_no_metrics_and_no_health(self) -> None:
        (rule,) = one("Ingress", "api")["spec"]["rules"]
        prefixes = [path["path"] for path in rule["http"]["paths"] if path["pathType"] == "Prefix"]

        assert {"/api", "/uploads", "/static"} <= set(prefixes)
        assert not [
            prefix for prefix in prefixes if "/metrics".startswith(prefix.rstrip("/") or "/")
        ]

    def test_lets_the_largest_recording_in(self) -> None:
        size = one("Ingress", "api")["metadata"]["annotations"][
            "nginx.ingress.kubernetes.io/proxy-body-size"
        ]

        assert int(size.removesuffix("m")) * 1024 * 1024 > settings.MAX_UPLOAD_BYTES


class TestTheWorkers:
    def test_are_there_for_each_queue(self) -> None:
        queues = {
            pod_of(maker)["containers"][0]["command"][-1]
            for maker in of_kind("Deployment")
            if maker["metadata"]["name"] != "api"
        }

        assert queues == set(settings.QUEUES)

    @pytest.mark.parametrize("name", sorted(WORKERS))
    def test_have_time_to_finish_or_give_back(self, name: str) -> None:
        literals = documents(KUBERNETES / "base" / "kustomization.yaml")[0]["configMapGenerator"][0]
        (soft,) = [
            float(line.partition("=")[2])
            for line in literals["literals"]
            if line.startswith("SOFT_SHUTDOWN_SECONDS=")
        ]

        assert pod_of(one("Deployment", name))["terminationGracePeriodSeconds"] >= soft + 20

    @pytest.mark.parametrize("name", sorted(WORKERS))
    def test_are_asked_whether_they_live(self, name: str) -> None:
        (container,) = pod_of(one("Deployment", name))["containers"]

        assert container["livenessProbe"]["exec"]["command"][-1] == "worker"
        assert "startupProbe" in container


class TestWhatSelects:
    @pytest.mark.parametrize("budget", of_kind("PodDisruptionBudget"), ids=named)
    def test_finds_the_pods_of_its_name(self, budget: Manifest) -> None:
        assert selected_by(budget["spec"]["selector"]["matchLabels"]) == {
            budget["metadata"]["name"]
        }

    def test_spares_no_deployment_a_budget(self) -> None:
        budgets = {budget["metadata"]["name"] for budget in of_kind("PodDisruptionBudget")}

        assert budgets == {maker["metadata"]["name"] for maker in of_kind("Deployment")}

    @pytest.mark.parametrize("policy", of_kind("NetworkPolicy"), ids=named)
    def test_finds_somebody(self, policy: Manifest) -> None:
        labels = policy["spec"]["podSelector"].get("matchLabels", {})

        assert selected_by(labels)

    def test_lets_all_our_pods_reach_their_stores(self) -> None:
        ours = {maker["metadata"]["name"] for maker in makers_of_pods()}

        assert selected_by({"interview-platform/reaches": "stores"}) == ours

    @pytest.mark.parametrize("maker", [*of_kind("Deployment"), *of_kind("StatefulSet")], ids=named)
    def test_selects_the_pods_that_it_makes(self, maker: Manifest) -> None:
        assert selected_by(maker["spec"]["selector"]["matchLabels"]) == {maker["metadata"]["name"]}


def one(kind: str, name: str) -> dict[str, Any]:
    (found,) = [manifest for manifest in of_kind(kind) if manifest["metadata"]["name"] == name]
    return found


def test_the_overlays_are_those_that_the_tests_know() -> None:
    assert {path.name for path in Path(KUBERNETES / "overlays").iterdir()} == set(OVERLAYS)
