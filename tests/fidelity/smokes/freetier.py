"""AWS Free Tier. What is used is scripted, and nothing is here; the Rust tests list some."""

from fidelity.step import done, refused


def service(option: str, value: str) -> dict:
    return {"Dimensions": {"Key": "SERVICE", "Values": [value], "MatchOptions": [option]}}


STEPS = [
    done("GetFreeTierUsage"),
    done("GetFreeTierUsage", filter=service("CONTAINS", "Lambda"), maxResults=10),
    refused("GetFreeTierUsage", "ValidationException", nextToken="strange"),
]
