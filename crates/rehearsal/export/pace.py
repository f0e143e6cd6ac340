"""Keeps the calls far below what ECS gives to everybody in the account together."""

import time

# Half of the smallest read bucket of ECS, which has 50 calls and 20 a second:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html.
# Application Auto Scaling and EC2 Auto Scaling publish no figures; their calls count as well.
BURST = 25
PER_SECOND = 10


class Pace:
    """One token bucket for all calls, repeated attempts among them."""

    def __init__(self):
        self.left = float(BURST)
        self.since = time.monotonic()

    def take(self, **_) -> None:
        """Waits until a call is paid for."""
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.since) * PER_SECOND) - 1
        self.since = now
        if self.left < 0:
            time.sleep(-self.left / PER_SECOND)
