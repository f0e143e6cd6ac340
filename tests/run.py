"""Runs every test of the project; the last line is `N passed, N failed`.

Each runner's own output is shown as it comes. A runner that finds no test has failed, and so has one
that ends badly without having counted a failure (it did not compile, say).
"""

import re
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Runner:
    name: str
    command: list[str]
    # The lines on which it says how many, such as `test result: ok. 12 passed; 0 failed; ...`.
    verdict: re.Pattern


RUNNERS = [
    Runner(
        "cargo",
        ["cargo", "test", "--workspace", "--features", "rehearsal-clock", "--no-fail-fast"],
        re.compile(r"^test result: "),
    ),
    Runner(
        "pytest",
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"],
        re.compile(r"^=+ .* in [\d.]+s"),
    ),
]

COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|ignored)")


def counted(verdict: str) -> tuple[int, int, int]:
    """How many one verdict says passed, failed and were left out."""
    counts = {kind: int(number) for number, kind in COUNT.findall(verdict)}
    passed = counts.get("passed", 0)
    failed = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    return passed, failed, counts.get("skipped", 0) + counts.get("ignored", 0)


def run(runner: Runner) -> tuple[int, int, int]:
    passed = failed = skipped = 0
    with subprocess.Popen(runner.command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            if runner.verdict.match(line):
                more = counted(line)
                passed, failed, skipped = passed + more[0], failed + more[1], skipped + more[2]
    if passed + failed == 0:
        print(f"{runner.name} found no test", flush=True)
        return 0, 1, skipped
    if process.returncode != 0 and failed == 0:
        print(f"{runner.name} ended with {process.returncode}", flush=True)
        failed = 1
    return passed, failed, skipped


def main() -> int:
    passed, failed, skipped = (sum(counts) for counts in zip(*map(run, RUNNERS), strict=True))
    left_out = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{left_out}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
