"""A thousand services: the calls and the time on the virtual clock; CPU and memory beside Cloud Custodian."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from account import Account, stack
from places import HERE, OUT, TARGET, artifact
from runtime_api import Function, variables
from settings import settings
from table import aim, show

SERVICES = 1_000
AUTOSCALED_EVERY = 10

# The documented bucket of UpdateService: 50 at once, then 5 each second.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html
FLOOR_SECONDS = (SERVICES - 50) / 5


@dataclass(frozen=True)
class Least:
    """The fewest calls that the work can be done with, and why it cannot be fewer."""

    action: str
    calls: int
    why: str


def looks(services: int, looks: int, ledger: int, times: str) -> list[Least]:
    """To see what is tagged, what is remembered and what is."""
    return [
        Least("dynamodb:Query", ledger, f"{times}: a page of the ledger holds 1 MB"),
        Least("tag:GetResources", looks * ceil(services / 100), f"{times}: N/100, a page holds 100"),
        Least("ecs:DescribeClusters", looks, f"{times}: a call holds 100 clusters"),
        Least("ecs:DescribeServices", looks * ceil(services / 10), f"{times}: N/10, a call holds 10"),
        Least("autoscaling:DescribeAutoScalingGroups", looks, f"{times}: there is no group"),
    ]


def changes(services: int, autoscaled: int) -> list[Least]:
    """To change each service's capacity."""
    return [
        Least("application-autoscaling:DescribeScalableTargets", ceil(services / 50), "N/50, a call holds 50"),
        Least("application-autoscaling:RegisterScalableTarget", autoscaled, "one each, for one service in ten"),
        Least("ecs:UpdateService", services, "N, one each"),
    ]


def least(phase: str, services: int, autoscaled: int, pages: int) -> list[Least]:
    if phase == "rest":
        puts = Least("dynamodb:PutItem", 2 * services + 1, "2N: intent, outcome; and the journal")
        return [*looks(services, 1, 1, "once"), *changes(services, autoscaled), puts]
    puts = Least("dynamodb:PutItem", 2 * services + 2, "2N: intent, outcome; and the journal of both")
    closed = Least("dynamodb:DeleteItem", services, "N, the record is closed when it runs again")
    priced = Least("ecs:DescribeTaskDefinition", 0, "0: prices what was saved, 40 a run where nothing else is to do")
    seen = looks(services, 2, 2 * pages, "to wake and to prove it")
    return [*seen, *changes(services, autoscaled), puts, closed, priced]


def on_the_virtual_clock() -> None:
    example = TARGET / "debug/examples/thousand"
    # The function writes its metrics to stdout too; the last line is ours.
    written = subprocess.run([example], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(written.splitlines()[-1])
    whole, usual = found["share"]["100"], found["share"]["80"]
    for phase in ("rest", "wake"):
        fewest = least(phase, found["services"], found["autoscaled"], whole["ledger_pages"])
        show_phase(phase, fewest, whole[phase], usual[phase])


def show_phase(phase: str, least: list[Least], whole: dict, usual: dict) -> None:
    calls = whole["calls"]
    minimum = {line.action: line for line in least}
    rows, made, refused = [], 0, 0
    for action in sorted(minimum.keys() | calls.keys()):
        answered = calls.get(action, {"answered": 0, "refused": {}})
        line = minimum.get(action, Least(action, 0, "not needed"))
        rows.append([action, str(answered["answered"]), str(line.calls), line.why])
        made += answered["answered"]
        refused += sum(answered["refused"].values())
    fewest = sum(line.calls for line in minimum.values())
    rows.append(["all", str(made + refused), str(fewest), f"{refused} of them refused"])
    finished = calls["ecs:UpdateService"]["last"]
    beyond = finished / FLOOR_SECONDS - 1
    notes = [
        "A call takes no virtual time: what is measured is the pacing, and that it never runs into the bucket's end.",
        f"With all of the bucket:          {in_words(whole)}",
        f"With 80 % of it, as is default:  {in_words(usual)}",
        "",
        aim("calls against the fewest", "at most 1.05 times", (made + refused) / fewest <= 1.05, f"{(made + refused) / fewest:.3f} times"),
        aim(f"finished against the bucket's floor of {FLOOR_SECONDS:.0f} s", "within 5 %", beyond <= 0.05, f"{100 * beyond:+.1f} %"),
        aim("refused for throttling", "none left undone", calls["ecs:UpdateService"]["answered"] == SERVICES, f"{refused} refused"),
    ]
    show(f"1,000 services {'to rest' if phase == 'rest' else 'awake again'}, virtual clock, real buckets", ["call", "made", "fewest", "because"], rows, notes)


def in_words(phase: dict) -> str:
    """When the capacity of the last service was changed, and what each invocation took."""
    ticks = [f"{tick['began']:.0f} s to {tick['ended']:.1f} s ({tick['left']} left)" for tick in phase["ticks"]]
    return f"done after {phase['calls']['ecs:UpdateService']['last']:.1f} s; invocations {', '.join(ticks)}"


# Beside Cloud Custodian, by the wall's clock, on a server that throttles nobody.


@dataclass(frozen=True)
class Taken:
    cpu_seconds: float
    peak_rss_mb: float
    wall_seconds: float


def beside_custodian() -> None:
    file = OUT / "thousand.yaml"
    file.write_text(stack(SERVICES, AUTOSCALED_EVERY))
    ours = measured(off_hours, file)
    theirs = measured(custodian, file)
    cpu = ours.cpu_seconds / theirs.cpu_seconds
    memory = ours.peak_rss_mb / theirs.peak_rss_mb
    rows = [
        ["off-hours", *figures(ours)],
        ["Cloud Custodian 0.9.53", *figures(theirs)],
        ["ratio", f"{cpu:.3f}", f"{memory:.3f}", "-"],
    ]
    notes = [
        "The release build over the Lambda Runtime API; custodian as a process of its own. Nobody is throttled.",
        "off-hours paces itself as it does on AWS, so its wall time is the bucket's floor; Custodian does not.",
        "off-hours makes 3,234 calls for it (above), Custodian a third as many: it writes down no capacity and leaves the 100 autoscalers on.",
        "",
        aim("CPU", "a tenth", cpu <= 0.1, f"{cpu:.3f}"),
        aim("memory", "a quarter", memory <= 0.25, f"{memory:.3f}"),
    ]
    show("1,000 services to rest, real processes", ["", "CPU s", "peak RSS MB", "wall s"], rows, notes)


def measured(rest, file: Path) -> Taken:
    with Account(file) as account:
        before = account.tasks()
        taken = rest(account)
        after = account.tasks()
    if (before, after) != (2 * SERVICES, 0):
        raise SystemExit(f"{rest.__name__} left {after} of {before} tasks")
    return taken


def off_hours(account: Account) -> Taken:
    environment = variables("off-hours", account.url) | settings("off-hours")
    function = Function([str(artifact("off-hours"))], environment, OUT / "off-hours.log")
    function.wait_for_poll()
    _, _, answered = function.answer({"action": "tick"})
    cost = function.end()
    return Taken(cost.cpu_seconds, cost.peak_rss_mb, answered - function.began)


def custodian(account: Account) -> Taken:
    command = [
        OUT / "c7n/bin/custodian", "run", "--region", "eu-central-1", "--cache-period", "0",
        "--output-dir", OUT / "custodian", HERE / "custodian/policy.yml",
    ]
    environment = variables("custodian", account.url) | {"HOME": str(OUT)}
    del environment["AWS_SESSION_TOKEN"]
    began = time.perf_counter()
    with (OUT / "custodian.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"custodian ended with {process.returncode}. See {log.name}")
    wall = time.perf_counter() - began
    return Taken(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, wall)


def figures(taken: Taken) -> list[str]:
    return [f"{taken.cpu_seconds:.2f}", f"{taken.peak_rss_mb:.1f}", f"{taken.wall_seconds:.1f}"]
