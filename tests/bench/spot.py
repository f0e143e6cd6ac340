"""A surge: calls and virtual seconds from the warnings to the last instance that is DRAINING."""

import json
import subprocess
from math import ceil

from places import TARGET
from table import aim, show

UPDATE = "ecs:UpdateContainerInstancesState"
READS = ("ecs:ListContainerInstances", "ecs:DescribeContainerInstances")

# With the index of instances as events left it, and with an empty one.
WAYS = {"indexed": "index", "unindexed": "empty index"}


def spread(interruptions: int, clusters: int) -> list[int]:
    """How many each cluster loses."""
    return [len(range(number, interruptions, clusters)) for number in range(clusters)]


# As many ids as the function puts into one filter.
FILTER = 90


def unavoidable(size: dict) -> int:
    """The reads of clusters that cannot be spared without an index: a list says which container instances
    there are, and only a describe which instances those are and in which capacity provider. Its group's tag
    may keep them out of scope, and it may drain them by itself."""
    lost = spread(size["interruptions"], size["clusters"])
    return sum(2 * ceil(here / FILTER) if here else 1 for here in lost)


def least(interruptions: int, clusters: int, way: str) -> dict[str, tuple[int, str]]:
    """The fewest calls to the last DRAINING, and why it cannot be fewer."""
    lost = [here for here in spread(interruptions, clusters) if here]
    calls = {
        "dynamodb:Query": (3, "what is told, what is so of fleets, what was lost"),
        "dynamodb:BatchGetItem": (ceil(interruptions / 50), "N/50, a call reads 100 items, two of each instance"),
        "ecs:DescribeClusters": (1, "the tags, a call holds 100 clusters"),
        "ecs:DescribeCapacityProviders": (ceil(len(lost) / 10), "a call holds 10: is there managed draining?"),
        "autoscaling:DescribeAutoScalingGroups": (1, "the tags, a call holds 100 groups"),
        UPDATE: (sum(ceil(here / 10) for here in lost), "a call sets 10 of one cluster"),
    }
    if way == "unindexed":
        described = sum(ceil(here / 100) for here in lost)
        calls |= {
            "ecs:ListClusters": (1, "where to look"),
            READS[0]: (clusters - len(lost) + described, "one in each cluster, a page holds 100"),
            READS[1]: (described, "a list does not say which instance each is; a call holds 100"),
        }
    return calls


def on_the_virtual_clock() -> None:
    example = TARGET / "debug/examples/surge"
    # The function writes its metrics to stdout too; the last line is ours.
    written = subprocess.run([example], check=True, stdout=subprocess.PIPE, text=True).stdout
    sizes = json.loads(written.splitlines()[-1])
    for way in WAYS:
        show_calls(sizes[-1], way)
    show_times(sizes)
    show_beside(sizes)


def show_calls(size: dict, way: str) -> None:
    made, minimum = size[way]["calls"], least(size["interruptions"], size["clusters"], way)
    rows = []
    for action in sorted(minimum.keys() | {action for action in made if made[action]["before"]}):
        fewest, why = minimum.get(action, (0, "not needed"))
        rows.append([action, str(counted(size[way], "before", action)), str(fewest), why])
    title = f"{name(size)}, {WAYS[way]}: calls to the last DRAINING"
    show(title, ["call", "made", "fewest", "because"], rows, [])


def show_times(sizes: list[dict]) -> None:
    rows, notes = [], [
        "The default share of 80 % of the buckets, a process that has just begun. The queue gathers messages for a second.",
        "Reads are lists and descriptions of container instances: up to the last DRAINING, and in the first 70 s after it.",
        "Within an invocation time passes only where something sleeps, for a bucket: a call itself takes no virtual time.",
        "",
    ]
    for size in sizes:
        for way, words in WAYS.items():
            found = size[way]
            writes = counted(found, "before", UPDATE)
            reads, later = counted(found, "before", *READS), counted(found, "after", *READS)
            fewest = sum(calls for calls, _ in least(size["interruptions"], size["clusters"], way).values())
            figures = [counted(found, "before"), fewest, reads, later, writes, f"{found['last']:.1f}", found["late"]]
            rows.append([f"{name(size)}, {words}", *map(str, figures), str(refused(found))])
    for way in WAYS:
        notes += aims(sizes, way)
    header = ["", "calls", "fewest", "reads", "reads after", "writes", "DRAINING, s", "late", "refused"]
    show("A surge: from the warnings to the last DRAINING, virtual clock, real buckets", header, rows, notes)


def aims(sizes: list[dict], way: str) -> list[str]:
    """What is wanted of a surge, by the worst of the sizes that it is wanted of."""
    words = WAYS[way]
    middle = max(size[way]["last"] for size in sizes if (size["interruptions"], size["clusters"]) == (200, 30))
    large = max(size[way]["last"] for size in sizes if size["interruptions"] == 1_000)
    reads = {name(size): counted(size[way], "before", *READS) / size["clusters"] for size in sizes}
    most = max(reads, key=reads.get)
    few, spared = "at most 1 before DRAINING", reads[most] <= 1
    if way == "unindexed":
        few = f"a list and a describe for every {FILTER} before DRAINING"
        spared = all(counted(size[way], "before", *READS) <= unavoidable(size) for size in sizes)
    tens = [sum(ceil(here / 10) for here in spread(size["interruptions"], size["clusters"])) for size in sizes]
    writes = [counted(size[way], "before", UPDATE) for size in sizes]
    over = sum(made > fewest for made, fewest in zip(writes, tens, strict=True))
    late = sum(size[way]["late"] for size in sizes)
    return [
        aim(f"{words}: 200 of 30 clusters DRAINING", "within 5 s", middle <= 5, f"{middle:.1f} s"),
        aim(f"{words}: 1,000 DRAINING", "within 15 s", large <= 15, f"{large:.1f} s"),
        aim(f"{words}: reads of a cluster", few, spared, f"{reads[most]:.1f} at {most}"),
        aim(f"{words}: writes", "one for every ten of a cluster", not over, f"more in {over} of {len(sizes)} sizes"),
        aim(f"{words}: not DRAINING in time", "none", late == 0, str(late)),
    ]


def show_beside(sizes: list[dict]) -> None:
    """All calls, with what is written down and looked at again, beside the other's."""
    rows = []
    for size in sizes:
        ours, theirs = size["indexed"], size["naive"]
        calls, others = counted(ours, "all"), counted(theirs, "all")
        times = f"{theirs['last'] / ours['last']:.1f}" if theirs["last"] is not None else "-"
        last = f"{theirs['last']:.1f}" if theirs["last"] is not None else "never"
        figures = [calls, others, f"{others / calls:.1f}", f"{ours['last']:.1f}", last, times, ours["late"], theirs["late"]]
        rows.append([name(size), *map(str, figures), str(refused(theirs))])
    notes = [
        "One by one: an invocation for each warning, all at once, each asks every cluster for its one instance and drains it;",
        "the SDK's standard retries, and Lambda's two, after one minute and two more. Its figures vary: the SDK waits at random.",
        "spot-drain with its index; its calls are all of the first 70 s, to the ledger and the queue too. Late is what was not",
        "DRAINING then, and one by one a second before EC2 took it.",
    ]
    header = ["", "calls", "one by one", "times", "DRAINING, s", "one by one, s", "times", "late", "one by one, late", "refused"]
    show("A surge, beside one warning at a time on the same server", header, rows, notes)


def counted(found: dict, which: str, *actions: str) -> int:
    calls = found["calls"]
    return sum(calls[action][which] for action in (actions or calls) if action in calls)


def refused(found: dict) -> int:
    return counted(found, "refused")


def name(size: dict) -> str:
    clusters = size["clusters"]
    return f"{size['interruptions']:,} of {clusters} cluster{'s' if clusters > 1 else ''}"
