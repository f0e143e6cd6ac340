"""A fresh account for every test, and what it models."""

import json
import subprocess

import pytest
from fidelity.account import BINARY, serving


@pytest.fixture
def endpoint(tmp_path):
    with serving(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def operations() -> dict[str, list[str]]:
    """The operations that the account models, by IAM service prefix."""
    output = subprocess.check_output([BINARY, "operations"])
    return json.loads(output)
