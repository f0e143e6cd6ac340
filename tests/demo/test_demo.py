"""`make demo`, chapter by chapter: what it promises on the terminal holds."""

import re
import subprocess

import pytest
from fidelity.account import BINARY, ROOT

DEMO = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
CHAPTERS = re.findall(r"rehearse (scenarios/\S+\.yaml)", DEMO)


def test_the_demo_has_a_night_the_end_of_a_budget_and_a_surge():
    assert CHAPTERS == ["scenarios/demo.yaml", "scenarios/budget.yaml", "scenarios/spot.yaml"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_expectation_of_a_chapter_holds(chapter, tmp_path):
    command = [BINARY, "rehearse", chapter, "--report", tmp_path / "report.html"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    held = re.search(r"^(\d+) of (\d+) expectations held$", told.stdout, re.MULTILINE)
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr
    assert held[1] == held[2] and int(held[2]) >= 18
