"""What the file does not say, or says otherwise than the account: told on stderr and in its header."""

import sys

from botocore.exceptions import ClientError

# How the codes of a missing permission begin.
DENIALS = ("AccessDenied", "UnauthorizedOperation")


class Remarks:
    def __init__(self):
        self.unread: list[str] = []
        self.otherwise: list[str] = []

    def could_not_read(self, what: str, why: str) -> None:
        self.unread.append(one_line(f"{what} ({why})"))
        say(f"could not be read: {self.unread[-1]}")

    def tell_otherwise(self, what: str) -> None:
        self.otherwise.append(one_line(what))
        say(self.otherwise[-1])


def refusal(service: str, error: ClientError) -> str:
    """The IAM action and the error's code; its message would name ARNs."""
    return f"{service}:{error.operation_name}: {error.response['Error']['Code']}"


def is_denied(error: ClientError) -> bool:
    return error.response["Error"]["Code"].startswith(DENIALS)


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def one_line(text: str) -> str:
    """A name may hold anything; a comment ends with its line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def say(text: str) -> None:
    print(f"export: {text}", file=sys.stderr, flush=True)
