"""How long the decision alone takes, and that it grows with the number of services and no faster."""

import json
import subprocess

from places import RELEASE
from table import aim, show


def measure() -> None:
    rows = json.loads(subprocess.run([RELEASE / "decisions"], check=True, stdout=subprocess.PIPE).stdout)
    cells = [
        [f"{row['services']:,}", *(f"{row[name]:.2f}" for name in ("decide", "parse_and_decide"))]
        for row in rows
    ]
    growth = rows[-1]["parse_and_decide"] / rows[0]["parse_and_decide"]
    notes = [
        "Every one of them goes to rest; the median of nine rounds.",
        "",
        aim("each of 100,000 against each of 1,000", "linear: under 2 times", growth < 2, f"{growth:.2f} times"),
    ]
    show("Decision, microseconds for each service", ["services", "decide", "read the tags and decide"], cells, notes)
