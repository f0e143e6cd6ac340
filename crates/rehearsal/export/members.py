"""The members of the file's mappings."""


class Inline(dict):
    """Written on one line."""


def without_empty(members: dict) -> dict:
    return {name: it for name, it in members.items() if it is not None and it not in ({}, [], "")}
