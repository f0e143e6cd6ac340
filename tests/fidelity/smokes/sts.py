"""STS."""

from fidelity.step import done

STEPS = [done("GetCallerIdentity")]
