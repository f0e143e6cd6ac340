"""The file as it is written: YAML, and what must be known about it at the top."""

import re
import textwrap

import yaml
from discretion import without_account
from members import Inline
from remarks import Remarks, counted

# What needs no quotes, unless PyYAML knows better (`null`, `yes`).
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./:-]*[A-Za-z0-9]")

HEADER = """\
{contents} in {region}, as `make export` read them.
A night of it: `make rehearse SCENARIO=scenarios/night.yaml STACK=<this file>`

Names and tags are in here as they are: look through them before you pass the file on. Account id, \
ARNs, images, environment variables and secrets are not.

Not in here, as a stack's file has no words for it: scaling policies and scheduled actions, load \
balancers, networks, deployments under way, tasks that no service started. Every service counts as \
thirty days old. A task takes 35 s to run and 30 s to stop, unless you write `start-seconds` and \
`stop-seconds`. An instance takes as many tasks as shared one now (`tasks-per-instance`). What was \
at rest when this was read is at rest in here."""


def document(stack: dict, remarks: Remarks, account_id: str, region: str) -> str:
    """The whole file; ends with a line break."""
    header = HEADER.format(contents=contents(stack), region=region)
    lines = [line for part in header.split("\n") for line in comment(part)]
    told = {"Could not be read:": remarks.unread, "Left out, or told otherwise:": remarks.otherwise}
    for title, remarked in told.items():
        if remarked:
            lines += ["#", f"# {title}"]
            lines += [line for one in remarked for line in comment(f"- {one}", "  ")]
    text = "\n".join(line.rstrip() for line in lines) + "\n" + as_yaml(stack)
    return without_account(text, account_id)


def contents(stack: dict) -> str:
    clusters = stack.get("clusters", [])
    services = sum(len(cluster.get("services", [])) for cluster in clusters)
    groups = stack.get("groups", [])
    parts = [(len(clusters), "cluster"), (services, "service"), (len(groups), "Auto Scaling group")]
    return ", ".join(counted(count, what) for count, what in parts)


def comment(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, 100, initial_indent="# ", subsequent_indent=f"# {indent}", break_on_hyphens=False
    ) or ["#"]


class Dumper(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        return True


def _text(dumper: Dumper, text: str) -> yaml.Node:
    style = None if PLAIN.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


def _inline(dumper: Dumper, members: Inline) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", members.items(), flow_style=True)


Dumper.add_representer(str, _text)
Dumper.add_representer(Inline, _inline)


def as_yaml(stack: dict) -> str:
    return yaml.dump(
        stack,
        Dumper=Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=float("inf"),
    )
