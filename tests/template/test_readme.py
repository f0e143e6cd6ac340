"""The figures of the README that are computed, computed again from the prices that it names."""

import csv
from decimal import ROUND_HALF_UP, Decimal

import pytest
from cloudformation import ROOT, source

REGION = "us-east-1"


def prices(table: str) -> list[dict[str, str]]:
    lines = (ROOT / f"crates/domain/src/prices/{table}.tsv").read_text().splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def task(vcpu: int, gib: int) -> Decimal:
    """What a task costs in an hour."""
    [price] = [p for p in prices("fargate") if (p["region"], p["os"], p["processor"]) == (REGION, "linux", "x86")]
    return vcpu * Decimal(price["vcpu"]) + gib * Decimal(price["gib"])


def residual(what: str) -> Decimal:
    [price] = [p["price"] for p in prices("residual") if p["what"] == what and p["region"] in (REGION, "*")]
    return Decimal(price)


def usd(amount: Decimal, digits: str) -> str:
    return str(amount.quantize(Decimal(digits), ROUND_HALF_UP))


def row(what: str) -> list[str]:
    """The cells of the row of a table, without emphasis."""
    [line] = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith(f"| {what}")]
    return [cell.strip(" *") for cell in line.strip("|").split("|")][1:]


TASKS = 20 * task(1, 2)
BESIDE = (
    residual("application-load-balancer-hour")
    + 2 * residual("nat-gateway-hour")
    + 3 * residual("public-ipv4-hour")
)


@pytest.mark.parametrize(
    ("what", "hour"),
    [
        ("20 tasks", TASKS),
        ("what goes on after a stop", BESIDE),
        ("together: the overshoot", TASKS + BESIDE),
        ("200 such tasks", 10 * TASKS + BESIDE),
    ],
)
def test_the_overshoot_is_what_runs_in_twelve_hours(what, hour):
    assert row(what) == [usd(hour, "0.0001"), usd(12 * hour, "0.01")]


def test_what_goes_on_in_ten_days_and_where_to_stop_follow_from_it():
    text = " ".join((ROOT / "README.md").read_text().split())
    assert f"{usd(BESIDE, '0.0001')} USD an hour are {usd(240 * BESIDE, '0.01')} USD in ten days" in text
    overshoot = 12 * (TASKS + BESIDE)
    assert f"(250 − {usd(overshoot, '0.01')}) / 250: `StopPercent={int(100 * (250 - overshoot) / 250)}`" in text


def test_every_parameter_is_in_the_readme():
    text = (ROOT / "README.md").read_text()
    assert [name for name in source()["Parameters"] if f"`{name}`" not in text] == []
