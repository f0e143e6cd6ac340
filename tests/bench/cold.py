"""Cold starts: from `exec` to the first answer and the second, beside a Python function and a floor."""

import json
import time
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from account import Account, spent
from places import HERE, LEDGER, OUT, RELEASE, ROOT, artifact
from runtime_api import Function, variables
from settings import settings
from table import aim, show

ROUNDS = 15

PEER = OUT / "peer/bin/python"


@dataclass
class Candidate:
    name: str
    command: list[str]
    event: Path
    # What its first event must have done: rested the one service, or not.
    rests: bool
    variables: dict[str, str]
    # Whether it is about something that happens now: an old warning is only written down.
    now: bool = False
    runs: list["Run"] = field(default_factory=list)

    @property
    def binary(self) -> Path | None:
        return Path(self.command[0]) if len(self.command) == 1 else None


@dataclass(frozen=True)
class Run:
    """Milliseconds and megabytes."""

    init: float
    first_event: float
    first_answer: float
    second_event: float
    peak_rss: float


def measure() -> None:
    tick = ROOT / "events/off-hours/tick.json"
    hour = ROOT / "events/budget-guard/tick.json"
    warning = ROOT / "events/spot-drain/warning-terminate.json"
    notice = ROOT / "events/pager/wave-not-steady.json"
    table = {"LEDGER_TABLE": LEDGER}
    off_hours = Candidate("off-hours", [str(artifact("off-hours"))], tick, True, settings("off-hours"))
    guard = Candidate("budget-guard", [str(artifact("budget-guard"))], hour, True, settings("budget-guard"))
    drain = Candidate("spot-drain", [str(artifact("spot-drain"))], warning, False, settings("spot-drain"), now=True)
    pager = Candidate("pager", [str(artifact("pager"))], notice, False, settings("pager"))
    floor = Candidate("floor: no TLS, 5 calls", [str(RELEASE / "floor")], tick, True, table)
    path = {"PYTHONPATH": str(HERE / "peer")}
    command = [str(PEER), "-m", "awslambdaric", "handler.handler"]
    python = Candidate("Python, boto3, 5 calls", command, tick, True, table | path)
    candidates = [off_hours, guard, drain, pager, floor, python]
    one = OUT / "one.yaml"
    one.write_text(spent(1))
    # The first round fills the page cache; it does not count.
    for _ in range(1 + ROUNDS):
        for candidate in candidates:
            candidate.runs.append(run(candidate, one))
    for candidate in candidates:
        del candidate.runs[0]
    report(candidates)


def run(candidate: Candidate, one: Path) -> Run:
    first = json.loads(candidate.event.read_text())
    if candidate.now:
        first["time"] = datetime.now(UTC).isoformat(timespec="seconds")
    second = first | {"id": "00000000-0000-4000-8000-000000000002"}
    with Account(one) as account:
        environment = variables(candidate.name.split(":")[0], account.url) | candidate.variables
        function = Function(candidate.command, environment, OUT / "function.log")
        polled = function.wait_for_poll()
        _, handed_over, answered = function.answer(first)
        function.wait_for_poll()
        if account.tasks() != (0 if candidate.rests else 2):
            raise SystemExit(f"{candidate.name} did not do its work. See {function.log}")
        # As after a pause: nothing of the first event is still under way.
        time.sleep(0.02)
        _, again, answered_again = function.answer(second)
        cost = function.end()
    return Run(
        init=1e3 * (polled - function.began),
        first_event=1e3 * (answered - handed_over),
        first_answer=1e3 * (answered - function.began),
        second_event=1e3 * (answered_again - again),
        peak_rss=cost.peak_rss_mb,
    )


def report(candidates: list[Candidate]) -> None:
    header = ["", "exec to poll", "first event", "exec to answer", "second event", "peak RSS", "binary", "zip"]
    rows = [row(candidate) for candidate in candidates]
    off_hours, guard, drain, pager, floor, python = candidates
    notes = [
        f"Milliseconds and megabytes (10^6): median (least-most) of {ROUNDS} runs in turns, each against an account of its own.",
        "The first event puts one service to rest (pager: publishes one page); the second finds nothing to do (pager: publishes again).",
        "budget-guard reads more: a spent budget, what guards it, what runs and what that costs, before it stops the service.",
        "spot-drain looks for an instance that its index does not know, in the one cluster, and remembers that it is in none.",
        "off-hours makes 10 calls where the peers make 5: it also finds what is tagged, minds autoscalers and groups, keeps a journal.",
        "",
    ]
    for ours in (off_hours, guard, drain, pager):
        notes += aims(ours, floor, python)
    show("Cold start", header, rows, notes)


def row(candidate: Candidate) -> list[str]:
    names = ["init", "first_event", "first_answer", "second_event", "peak_rss"]
    binary = candidate.binary
    sizes = [f"{megabytes:.2f}" for megabytes in (size(binary), zipped(binary))] if binary else ["-", "-"]
    return [candidate.name, *(spread(candidate, name) for name in names), *sizes]


def aims(ours: Candidate, floor: Candidate, python: Candidate) -> list[str]:
    faster = middle(python, "first_answer") / middle(ours, "first_answer")
    slower = middle(ours, "first_answer") / middle(floor, "first_answer")
    memory = middle(ours, "peak_rss") / middle(python, "peak_rss")
    packed = zipped(ours.binary)
    return [
        aim(f"{ours.name}, exec to first answer against Python", "40 times faster", faster >= 40, f"{faster:.0f} times faster"),
        aim(f"{ours.name}, exec to first answer against the floor", "at most 2 times", slower <= 2, f"{slower:.2f} times"),
        aim(f"{ours.name}, memory against Python", "at most 0.167", memory <= 1 / 6, f"{memory:.3f}"),
        aim(f"{ours.name}, zip", "under 3 MB", packed < 3, f"{packed:.2f} MB"),
    ]


def middle(candidate: Candidate, figure: str) -> float:
    return median(getattr(run, figure) for run in candidate.runs)


def spread(candidate: Candidate, figure: str) -> str:
    values = [getattr(run, figure) for run in candidate.runs]
    digits = 0 if median(values) >= 100 else 1
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def size(binary: Path) -> float:
    return binary.stat().st_size / 1e6


def zipped(binary: Path) -> float:
    """As Lambda receives it: one file called `bootstrap`."""
    archive = OUT / f"{binary.name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packing:
        packing.write(binary, "bootstrap")
    return size(archive)
