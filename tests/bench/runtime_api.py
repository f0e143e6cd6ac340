"""The Lambda Runtime API of one process, with the time of every step.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. One thread and bare sockets,
so that hardly more than the process itself is measured.
"""

import json
import os
import selectors
import signal
import socket
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

# Longer than any function may run.
PATIENCE = 300
TIMEOUT = 270


@dataclass(frozen=True)
class Request:
    connection: socket.socket
    path: str
    body: bytes
    # When its last byte was there.
    at: float


@dataclass(frozen=True)
class Cost:
    """What a process took in all."""

    cpu_seconds: float
    peak_rss_mb: float


class Function:
    """A function's process, from just before `exec` to its end."""

    def __init__(self, command: list[str], variables: dict[str, str], log: Path):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.buffers: dict[socket.socket, bytearray] = {}
        self.poll: Request | None = None
        port = self.listener.getsockname()[1]
        environment = variables | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
        to_log = (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        and_errors = (os.POSIX_SPAWN_DUP2, 1, 2)
        self.log = log
        self.began = time.perf_counter()
        self.pid = os.posix_spawn(
            command[0], command, environment, file_actions=[to_log, and_errors]
        )
        self.alive = os.pidfd_open(self.pid)
        self.selector.register(self.alive, selectors.EVENT_READ)

    def wait_for_poll(self) -> float:
        """Waits until it asks for an event; returns when it did."""
        self.poll = self._expect("/invocation/next")
        return self.poll.at

    def answer(self, event: object) -> tuple[object, float, float]:
        """Hands an event over; returns the answer, and when each of the two happened."""
        body = json.dumps(event).encode()
        deadline = int((time.time() + TIMEOUT) * 1000)
        headers = (
            f"Lambda-Runtime-Aws-Request-Id: {uuid.uuid4()}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:bench\r\n"
        )
        handed_over = time.perf_counter()
        self.poll.connection.sendall(_response("200 OK", headers, body))
        answer = self._expect("/response")
        answer.connection.sendall(_response("202 Accepted", "", b'{"status":"OK"}'))
        return json.loads(answer.body), handed_over, answer.at

    def end(self) -> Cost:
        """Ends the process and says what it took."""
        peak = self._peak_rss_mb()
        os.kill(self.pid, signal.SIGKILL)
        _, _, usage = os.wait4(self.pid, 0)
        for connection in self.buffers:
            connection.close()
        self.selector.close()
        self.listener.close()
        os.close(self.alive)
        return Cost(usage.ru_utime + usage.ru_stime, peak)

    def _peak_rss_mb(self) -> float:
        # Not ru_maxrss: that counts the parent's memory too, from before `exec`.
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6

    def _expect(self, end: str) -> Request:
        request = self._next_request()
        if not request.path.endswith(end):
            raise SystemExit(f"{request.path}: {request.body.decode()}\nSee {self.log}")
        return request

    def _next_request(self) -> Request:
        while ready := self.selector.select(PATIENCE):
            for key, _ in ready:
                if key.fileobj == self.alive:
                    raise SystemExit(f"the function ended by itself. See {self.log}")
                if key.fileobj is self.listener:
                    self._accept()
                elif request := self._read(key.fileobj):
                    return request
        raise SystemExit(f"nothing was said for {PATIENCE} s. See {self.log}")

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(connection, selectors.EVENT_READ)
        self.buffers[connection] = bytearray()

    def _read(self, connection: socket.socket) -> Request | None:
        chunk = connection.recv(1 << 20)
        at = time.perf_counter()
        buffer = self.buffers[connection]
        buffer += chunk
        if not chunk:
            self.selector.unregister(connection)
            del self.buffers[connection]
            connection.close()
            return None
        head, found, body = bytes(buffer).partition(b"\r\n\r\n")
        if not found or len(body) < _content_length(head):
            return None
        buffer.clear()
        return Request(connection, head.split(b" ", 2)[1].decode(), body, at)


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _response(status: str, headers: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def variables(name: str, endpoint: str) -> dict[str, str]:
    """The environment as Lambda sets it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html.
    """
    return {
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": name,
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench",
        "AWS_ENDPOINT_URL": endpoint,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }
