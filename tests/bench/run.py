"""The figures of the README, measured on this machine: `make bench`."""

import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

import budget
import cold
import decisions
import spot
import thousand
from places import ARCH, HERE, OUT, ROOT

FUNCTIONS = ["off-hours", "budget-guard", "spot-drain", "pager"]
# What they are compared with, and the decision.
BESIDE = ["--package", "bench", "--features", "bench/bench"]
# The account that it is measured against, quick enough not to show.
ACCOUNT = ["--profile", "bench", "--package", "rehearsal"]
# On the virtual clock no time shows: the build that `make test` has too.
EXAMPLES = ["thousand", "budget", "surge"]
VIRTUAL = ["--workspace", "--features", "rehearsal-clock", *(word for name in EXAMPLES for word in ("--example", name))]


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    OUT.mkdir(parents=True, exist_ok=True)
    say("Building what is deployed (six minutes, once) ...")
    subprocess.run([ROOT / "tests/build-lambda", ARCH, *FUNCTIONS], cwd=ROOT, check=True, stdout=sys.stderr)
    build("what it is compared with (five minutes, once)", ["--release", *BESIDE])
    build("what it is measured against (three minutes, once)", ACCOUNT)
    build("a thousand services, a spent budget and a surge, on the virtual clock", VIRTUAL)
    install("peer", HERE / "peer/requirements.txt")
    install("c7n", HERE / "custodian/requirements.txt")
    for line in machine():
        print(line)
    cold.measure()
    thousand.on_the_virtual_clock()
    budget.on_the_virtual_clock()
    say("A thousand instances that go, three times: this takes some minutes ...")
    spot.on_the_virtual_clock()
    decisions.measure()
    say("A thousand services at five a second: this takes three minutes ...")
    thousand.beside_custodian()


def build(what: str, arguments: list[str]) -> None:
    say(f"Building {what} ...")
    subprocess.run(["cargo", "build", "--quiet", *arguments], cwd=ROOT, check=True)


def install(name: str, requirements: Path) -> None:
    """A virtual environment of its own, once for each content of `requirements`."""
    place, wanted = OUT / name, requirements.read_text()
    stamp = place / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing {requirements.relative_to(ROOT)} ...")
    venv.create(place, with_pip=True, clear=True)
    pip = [place / "bin/python", "-m", "pip", "install", "--quiet", "-r", requirements]
    subprocess.run(pip, check=True)
    stamp.write_text(wanted)


def machine() -> list[str]:
    cpu = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    rustc = subprocess.run(["rustc", "--version"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return [
        "",
        f"{cpu.split(':')[1].strip()}, {os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}",
        f"{rustc.stdout.strip()}, Python {platform.python_version()}; load at the start {load}",
    ]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
