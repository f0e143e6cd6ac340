"""`make status`, `lint`, `rest` and `wake`, as make runs them: what is sent, what is answered, how it ends."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fidelity.account import BINARY, REGION, ROOT, TARGET, serving

SCRIPT = ROOT / "functions" / "off-hours" / "asking" / "ask.py"
STACK = ROOT / "crates" / "rehearsal" / "stacks" / "default.yaml"


@dataclass(frozen=True)
class Ended:
    code: int
    text: str
    told: str

    @property
    def answer(self) -> dict:
        return json.loads(self.text)


def ask(*arguments, **variables) -> Ended:
    """Runs the script; what the machine itself has of AWS must not matter."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **variables,
    }
    command = [sys.executable, SCRIPT, *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def lambda_service(answer: dict, error: str | None = None):
    """Lambda with one function, which answers this; and what was asked of it."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, json.loads(body)))
            payload = json.dumps(answer).encode()
            self.send_response(200)
            if error:
                self.send_header("X-Amz-Function-Error", error)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        credentials = {"AWS_ACCESS_KEY_ID": "ana", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
        yield {"AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{server.server_port}", **credentials}, asked
        server.shutdown()


def test_the_deployed_function_is_asked_by_its_stack_s_name_and_its_answer_printed():
    with lambda_service({"summary": "all quiet"}) as (aws, asked):
        ended = ask("status", **aws)
        assert (ended.code, ended.answer) == (0, {"summary": "all quiet"})
        ask("lint", STACK="night-watch", **aws)
    paths = [path for path, _ in asked]
    assert paths == [f"/2015-03-31/functions/{stack}-off-hours/invocations" for stack in ("caretaker", "night-watch")]
    assert [event for _, event in asked] == [{"action": "status"}, {"action": "lint"}]


def test_what_a_person_types_reaches_the_function_as_it_is():
    typed = {"SERVICE": "shop/web", "UNTIL": "2099-12-31 22:00", "WHY": "it's \"late\"; $HOME `x`", "BY": "ana"}
    with lambda_service({}) as (aws, asked):
        assert ask("rest", **typed, **aws).code == 0
    assert asked[0][1] == {"action": "rest", **{name.lower(): text for name, text in typed.items()}}


def test_an_until_may_be_left_out_and_who_asks_is_then_the_user_of_this_machine():
    with lambda_service({}) as (aws, asked):
        ask("wake", SERVICE="shop/web", WHY="over", LOGNAME="ana", **aws)
    assert asked[0][1] == {"action": "wake", "service": "shop/web", "why": "over", "by": "ana"}


def test_an_error_of_the_function_is_printed_and_ends_with_1():
    error = {"errorType": "Declined", "errorMessage": "shop/web was not changed as asked"}
    with lambda_service(error, "Unhandled") as (aws, _):
        ended = ask("rest", SERVICE="shop/web", WHY="x", **aws)
    assert (ended.code, ended.answer) == (1, error)


@pytest.mark.parametrize(
    "action, given, told",
    [
        ("rest", {"WHY": "x"}, "make rest needs SERVICE"),
        ("wake", {"SERVICE": "shop/web", "WHY": " "}, "make wake needs WHY"),
        ("rest", {}, "make rest needs SERVICE and WHY"),
    ],
)
def test_what_is_missing_is_named_before_anybody_is_asked(action, given, told):
    ended = ask(action, **given)
    assert (ended.code, ended.told.strip(), ended.text) == (1, told, "")


def test_without_credentials_it_says_so_and_ends_with_2():
    ended = ask("status", AWS_DEFAULT_REGION=REGION)
    assert (ended.code, ended.text) == (2, "")
    assert "credentials" in ended.told


def test_with_an_endpoint_the_function_runs_here_and_a_rest_holds_until_a_wake():
    local = ["--rehearsal", BINARY, "--binary", TARGET / "debug" / "off-hours"]
    with serving(ROOT, stack=STACK) as url:

        def asked(action, **given):
            return ask(action, *local, ENDPOINT=url, **given)

        word = {"SERVICE": "shop/checkout", "WHY": "load test", "BY": "ana"}
        assert asked("rest", **word).code == 0
        status = asked("status", SERVICE="shop/checkout").answer["services"][0]
        assert (status["state"], status["holds"][0]["by"]) == ("at rest", "ana")
        assert asked("wake", **word).code == 0
        assert "shop/checkout" in {it["resource"] for it in asked("lint").answer["resources"]}
        nobody = asked("rest", **word | {"SERVICE": "shop/nothing"})
        assert (nobody.code, nobody.answer["errorType"]) == (1, "UnusableEvent")
