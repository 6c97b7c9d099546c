"""What became of every upload: Jepsen's four counters, from what clients see and from what the rows say."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from pipeline.models import PipelineRun, StageRun
from tests.chaos.crowd import Crowd, Upload
from tests.chaos.recordings import REAL_WORDS, Kind, what_it_says
from tests.chaos.stack import ChaosStack

POISON_LIMIT: Final = 4  # executions
EXPECTED: Final = {
    Kind.GOOD: "completed",
    Kind.SHAKY: "completed",
    Kind.BROKEN: "failed",
    Kind.POISON: "failed",
}
TROUBLE: Final = ("lost", "fenced", "transient", "released")


@dataclass(slots=True)
class Verdict:
    """The counters, and the sentences behind those that are not zero."""

    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    recovered: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    poison_executions: list[int] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Tell whether everything was kept that was promised."""
        return not (self.lost or self.duplicated or self.unexpected) and all(
            count <= POISON_LIMIT for count in self.poison_executions
        )


def unfinished() -> int:
    """Return how many runs are still in work."""
    return PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED).count()


def judge(stack: ChaosStack, crowd: Crowd) -> Verdict:
    """Look at every upload that was accepted."""
    heard = _is_real if stack.real_speech else _is_its_own
    verdict = Verdict(accepted=len(crowd.accepted), unexpected=list(crowd.surprises))
    for upload in latest(crowd.accepted):
        _look_at(upload, verdict, url=crowd.url, heard=heard)
    _look_at_rows(verdict)
    if not stack.real_speech:
        executions = Counter(stack.executions.read_text("ascii").split())
        verdict.poison_executions = [
            math.ceil(executions[str(upload.marked.number)] / upload.attempt)  # each has a run
            for upload in crowd.accepted
            if upload.marked.kind == Kind.POISON
        ]
    return verdict


def latest(uploads: Iterable[Upload]) -> Sequence[Upload]:
    """Return the last recording of each question: the one whose result a person waits for."""
    found: dict[str, Upload] = {}
    for upload in uploads:
        if upload.path not in found or found[upload.path].attempt < upload.attempt:
            found[upload.path] = upload
    return list(found.values())


def _is_its_own(text: str, upload: Upload) -> bool:
    return text == what_it_says(upload.marked.number)


def _is_real(text: str, _: Upload) -> bool:
    return REAL_WORDS in text


def _look_at(
    upload: Upload, verdict: Verdict, *, url: str, heard: Callable[[str, Upload], bool]
) -> None:
    headers = {"Authorization": f"Bearer {upload.token}"}
    with httpx.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=30) as http:
        transcript = _data(http, f"{upload.path}/transcript")
        evaluation = _data(http, f"{upload.path}/evaluation")
    name = f"answer {upload.marked.number} ({upload.marked.kind.name.lower()})"
    states = {transcript["status"], evaluation["status"]}
    if states & {"queued", "processing"}:
        verdict.lost.append(f"{name} is {transcript['status']}, {evaluation['status']}")
    elif states != {EXPECTED[upload.marked.kind]}:
        failures = [result.get("failure") for result in (transcript, evaluation)]
        verdict.unexpected.append(f"{name}: {sorted(states)} {failures}")
    elif "completed" in states and not heard(transcript["transcript"], upload):
        verdict.unexpected.append(f"{name} has somebody else's words")


def _look_at_rows(verdict: Verdict) -> None:
    done: Counter[tuple[int, str]] = Counter()
    troubled: defaultdict[int, set[str]] = defaultdict(set)
    for run, stage, outcome in StageRun.objects.values_list("run_id", "stage", "outcome"):
        verdict.outcomes[outcome] += 1
        if outcome == StageRun.Outcome.OK:
            done[run, stage] += 1
        if outcome in TROUBLE:
            troubled[run].add(outcome)
    verdict.duplicated += [
        f"run {run}: {stage} took effect twice" for (run, stage), n in done.items() if n > 1
    ]
    finished = set(
        PipelineRun.objects.filter(state=PipelineRun.State.COMPLETED).values_list("pk", flat=True)
    )
    verdict.recovered = len(finished & troubled.keys())


def _data(http: httpx.Client, path: str) -> dict[str, Any]:
    response = http.get(path)
    body: dict[str, Any] = response.json()
    return body["data"] or {"status": f"{response.status_code} {body['error']}"}
