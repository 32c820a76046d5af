"""A server that answers what a test wrote down, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Script:
    """The answers that are left, and the requests so far."""

    url: str
    answers: list[bytes | None]
    asked: list[Asked] = field(default_factory=list)

    def keys(self) -> list[str | None]:
        """The idempotency keys of the requests."""
        return [request.headers.get("idempotency-key") for request in self.asked]


def answer(status: int, body: object, **headers: str) -> bytes:
    """An HTTP answer; a text stands for itself, everything else for its JSON."""
    content = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def refused(status: int, code: str, domain: str, *, retryable: bool = False, **headers: str) -> bytes:
    """A refusal as the service writes it."""
    body = {"code": code, "message": "No.", "domain": domain, "retryable": retryable, "requestId": "r-1"}
    return answer(status, body, **headers)


# The connection ends after the request was read, without an answer.
LOST = None


@contextmanager
def scripted(*answers: bytes | None) -> Iterator[Script]:
    """A server that gives these answers, one per request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        script = Script(f"http://127.0.0.1:{listener.getsockname()[1]}", list(answers))
        thread = threading.Thread(target=_serve, args=(listener, script), daemon=True)
        thread.start()
        yield script
        # Closing a listening socket does not wake who waits on it.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(listener: socket.socket, script: Script) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            request = _read(connection)
            if request is None:
                continue
            script.asked.append(request)
            said = script.answers.pop(0) if script.answers else answer(500, "the script is over")
            if said is not None:
                connection.sendall(said)


def _read(connection: socket.socket) -> Asked | None:
    stream = connection.makefile("rb")
    first = stream.readline().decode().split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    content = stream.read(int(headers.get("content-length", "0")))
    return Asked(first[0], first[1], headers, json.loads(content) if content else None)


def unused_address() -> str:
    """An address that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
