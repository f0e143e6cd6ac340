"""A smoke is a list of steps: one API call each, and what it must end in."""

from dataclasses import dataclass, field
from typing import Any

import jmespath


@dataclass(frozen=True)
class Kept:
    """Stands in an input for something that an earlier step kept of its output."""

    name: str


@dataclass(frozen=True)
class Step:
    operation: str
    input: dict[str, Any]
    # The code of the error that it must end in; without one it must succeed.
    error: str | None = None
    # What later steps need: a name, and where it is in the output.
    keep: dict[str, str] = field(default_factory=dict)

    def filled(self, kept: dict[str, Any]) -> dict[str, Any]:
        """The input with everything in place."""
        return _filled(self.input, kept)

    def remember(self, output: dict, kept: dict[str, Any]) -> None:
        for name, place in self.keep.items():
            kept[name] = jmespath.search(place, output)
            assert kept[name] is not None, f"{self.operation} gave no {place}"


def done(operation: str, keep: dict[str, str] | None = None, /, **members) -> Step:
    """A call that succeeds."""
    return Step(operation, members, keep=keep or {})


def refused(operation: str, error: str, /, **members) -> Step:
    """A call that ends in an error."""
    return Step(operation, members, error=error)


def _filled(value, kept):
    match value:
        case Kept(name):
            return kept[name]
        case dict():
            return {key: _filled(inner, kept) for key, inner in value.items()}
        case list():
            return [_filled(inner, kept) for inner in value]
        case _:
            return value
