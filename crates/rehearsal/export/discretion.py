"""What must not get into the file: account ids and ARNs."""

import re

from remarks import Remarks

ARN = re.compile(r"\barn:aws[a-z-]*:")

# AWS writes its examples with 123456789012; this one belongs to nobody either.
NOBODY = "000000000000"


def tags(listed: list[dict], subject: str, remarks: Remarks) -> dict[str, str]:
    """All tags but AWS's own, which hold ARNs, and others that do, which are remarked on."""
    kept = {}
    # ECS writes `key`, EC2 Auto Scaling `Key`.
    for tag in ({name.lower(): text for name, text in tag.items()} for tag in listed):
        key, value = tag["key"], tag.get("value") or ""
        if key.startswith("aws:"):
            continue
        if ARN.search(key) or ARN.search(value):
            remarks.tell_otherwise(f"a tag of {subject} that holds an ARN")
            continue
        kept[key] = value
    return dict(sorted(kept.items()))


def without_account(text: str, account_id: str) -> str:
    """A name or a tag may hold it anywhere."""
    return text.replace(account_id, NOBODY)
