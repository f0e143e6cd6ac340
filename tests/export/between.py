"""A proxy between the export and the account: it writes down every call, and refuses some.

The account's faults are for scenarios; nothing sets them over the wire. So the calls are seen here as
they come from outside, whatever the caller believes to have called.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# The service that a target's prefix means, as IAM writes it.
TARGETS = {
    "AmazonEC2ContainerServiceV20141113": "ecs",
    "AnyScaleFrontendService": "application-autoscaling",
}


@dataclass(frozen=True)
class Call:
    """A call: its IAM action, its input as it was sent, who signed it, and whether it was refused."""

    action: str
    text: str
    signature: str
    refused: bool


@dataclass
class Between:
    url: str
    account: str
    calls: list[Call] = field(default_factory=list)
    # The code of the error with which a call is refused, instead of being handed on.
    refuse: Callable[[str, str], str | None] = lambda action, text: None
    # What becomes of a reply on its way back.
    change: Callable[[str, dict], dict] = lambda action, reply: reply

    def actions(self) -> set[str]:
        return {call.action for call in self.calls}

    def inputs(self, action: str) -> list[dict]:
        return [json.loads(call.text) for call in self.calls if call.action == action]

    def refused(self) -> list[Call]:
        return [call for call in self.calls if call.refused]


@contextmanager
def between(account: str) -> Iterator[Between]:
    """A proxy in front of the account at this URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, reply = answer(proxy, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy = Between(f"http://127.0.0.1:{server.server_port}", account)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def answer(proxy: Between, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    action, text = action_of(headers, body), body.decode()
    code = proxy.refuse(action, text)
    if code is not None:
        status, replied, reply = 400, {}, refusal(action, code)
    else:
        status, replied, reply = hand_on(proxy.account, headers, body)
        if status < 300 and not is_query(action):
            reply = json.dumps(proxy.change(action, json.loads(reply))).encode()
    proxy.calls.append(Call(action, text, headers["Authorization"], status >= 400))
    return status, replied, reply


def action_of(headers: dict[str, str], body: bytes) -> str:
    if "X-Amz-Target" not in headers:
        [operation] = parse_qs(body.decode())["Action"]
        return f"autoscaling:{operation}"
    target, operation = headers["X-Amz-Target"].split(".")
    return f"{TARGETS.get(target, target)}:{operation}"


def is_query(action: str) -> bool:
    return action.startswith("autoscaling:")


def refusal(action: str, code: str) -> bytes:
    # As AWS words it: with the ARN of whoever called.
    message = f"User: arn:aws:iam::123456789012:user/ana is not authorized to perform: {action}"
    if is_query(action):
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return f"<ErrorResponse>{error}</ErrorResponse>".encode()
    return json.dumps({"__type": code, "message": message}).encode()


def hand_on(account: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection(urlsplit(account).netloc)
    try:
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        kept = {name: value for name, value in response.getheaders() if name.lower() != "content-length"}
        return response.status, kept, response.read()
    finally:
        connection.close()
