"""Accounts to export from, and the export as `make export` runs it."""

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
import yaml
from export.between import between
from fidelity.account import CREDENTIALS, REGION, ROOT, serving

EXPORT = ROOT / "crates" / "rehearsal" / "export"


@dataclass(frozen=True)
class Ended:
    code: int
    text: str
    told: str

    @property
    def stack(self) -> dict:
        return yaml.safe_load(self.text)

    @property
    def header(self) -> str:
        """The comments at the top, in one line."""
        lines = [line for line in self.text.splitlines() if line.startswith("#")]
        return " ".join(line.removeprefix("#").strip() for line in lines)

    def service(self, name: str) -> dict:
        cluster, _, service = name.partition("/")
        [services] = [it["services"] for it in self.stack["clusters"] if it["name"] == cluster]
        [found] = [it for it in services if it["name"] == service]
        return found

    def services(self) -> set[str]:
        clusters = self.stack["clusters"]
        return {f"{it['name']}/{service['name']}" for it in clusters for service in it.get("services", [])}


def run(*arguments, **variables) -> Ended:
    """Runs the export; what the machine itself has of AWS must not matter."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **variables,
    }
    command = [sys.executable, EXPORT / "export.py", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


class Account:
    """An account, seen through a proxy by the export and directly by the tests."""

    def __init__(self, proxy):
        self.proxy = proxy

    def export(self, *arguments) -> Ended:
        return run("--endpoint", self.proxy.url, *arguments)

    def client(self, service: str):
        return boto3.client(service, endpoint_url=self.proxy.account, region_name=REGION, **CREDENTIALS)


@pytest.fixture
def holding(tmp_path):
    """A context in which an account holds a stack: as a text, as data, or in a file."""

    @contextmanager
    def account(stack, *options):
        if not isinstance(stack, Path):
            path = tmp_path / "stack.yaml"
            path.write_text(stack if isinstance(stack, str) else yaml.safe_dump(stack), "utf-8")
            stack = path
        with serving(tmp_path, *options, stack=stack) as url, between(url) as proxy:
            yield Account(proxy)

    return account
