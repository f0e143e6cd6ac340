"""A budget is spent: calls and virtual seconds from the message to the last service at zero."""

import json
import subprocess
from math import ceil

from places import TARGET
from table import aim, show

# The documented bucket of UpdateService: 50 at once, then 5 each second.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html
AT_ONCE, A_SECOND = 50, 5


def floor(services: int, share: float = 1.0) -> float:
    """The seconds that the bucket dictates, whoever calls."""
    return max(0.0, (services - AT_ONCE * share) / (A_SECOND * share))


def least(services: int, autoscaled: int) -> dict[str, tuple[int, str]]:
    """The fewest calls that a stop can be done with, and why it cannot be fewer."""
    pages = ceil(services / 100)
    return {
        "budgets:DescribeBudget": (1, "what is spent"),
        "budgets:DescribeNotificationsForBudget": (1, "which thresholds AWS has seen passed, for the page"),
        "dynamodb:Query": (2, "what is remembered, and the meter's samples"),
        "tag:GetResources": (pages + 1, "N/100, a page holds 100; and what goes on costing"),
        "ecs:ListClusters": (1, "where something may run that nobody tagged"),
        "ecs:DescribeClusters": (1, "a call holds 100 clusters"),
        "ecs:DescribeServices": (ceil(services / 10), "N/10, a call holds 10"),
        "application-autoscaling:DescribeScalableTargets": (ceil(services / 50), "N/50, a call holds 50"),
        "application-autoscaling:RegisterScalableTarget": (autoscaled, "one each, for one service in ten"),
        "ecs:UpdateService": (services, "N, one each"),
        "dynamodb:PutItem": (2 * services + 4, "2N: intent, outcome; the tally, what was told, the sample, the journal"),
        "events:PutEvents": (1, "one notice"),
    }


def on_the_virtual_clock() -> None:
    example = TARGET / "debug/examples/budget"
    written = subprocess.run([example], check=True, stdout=subprocess.PIPE, text=True).stdout
    sizes = json.loads(written.splitlines()[-1])
    show_calls(sizes[-1])
    rows, notes = [], ["A call takes no virtual time: what is measured is the pacing."]
    for size in sizes:
        services = size["services"]
        whole, usual = size["share"]["100"], size["share"]["80"]
        made = sum(call["answered"] + call["refused"] for call in whole["calls"].values())
        refused = sum(call["refused"] for share in (whole, usual) for call in share["calls"].values())
        fewest = sum(calls for calls, _ in least(services, size["autoscaled"]).values())
        last, dictated = at_zero(whole), floor(services)
        late = last - dictated
        rows.append(
            [f"{services:,}", str(made), str(fewest), f"{last:.1f}", f"{dictated:.1f}", f"{at_zero(usual):.1f}", str(refused)]
        )
        allowed = max(1.0, 0.05 * dictated)
        notes += [
            aim(f"{services:,}: calls against the fewest", "at most 1.05 times", made <= 1.05 * fewest, f"{made / fewest:.3f} times"),
            aim(f"{services:,}: last service at zero", "within 5 % of the floor, or 1 s", late <= allowed, f"{late:+.1f} s"),
        ]
    columns = ["services", "calls", "fewest", "at zero, s", "floor, s", "with 80 %, s", "refused"]
    show("A budget is spent: from the message to the last service at zero, virtual clock, real buckets", columns, rows, notes)


def at_zero(share: dict) -> float:
    return share["calls"]["ecs:UpdateService"]["last"]


def show_calls(size: dict) -> None:
    calls, minimum = size["share"]["100"]["calls"], least(size["services"], size["autoscaled"])
    rows = []
    for action in sorted(minimum.keys() | calls.keys()):
        made = calls.get(action, {"answered": 0, "refused": 0})
        fewest, why = minimum.get(action, (0, "not needed"))
        rows.append([action, str(made["answered"] + made["refused"]), str(fewest), why])
    show(f"A stop of {size['services']:,} services, call by call", ["call", "made", "fewest", "because"], rows, [])
