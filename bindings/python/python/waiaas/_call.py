"""One call: what is sent, with whose authority, and whether it may be sent again. Nothing here sends anything."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from . import _json
from ._shape import ShapeError
from .errors import AnswerLost, ForeignAnswer, Refusal, Unreachable, UsageError, WAIaaSError, refusal

T = TypeVar("T")


class Authority(enum.Enum):
    """Who calls."""

    NOBODY = enum.auto()
    SESSION = enum.auto()
    MASTER = enum.auto()
    # Whatever the client has.
    SESSION_OR_MASTER = enum.auto()
    # An owner, whose proof is among the headers.
    OWNER = enum.auto()


class Repeat(enum.Enum):
    """What may be repeated when an answer is lost."""

    # Once or twice is the same.
    FREELY = enum.auto()
    # The server tells repetitions by a key.
    KEYED = enum.auto()
    # Twice is not once.
    NOT = enum.auto()


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call that is put together."""

    method: str
    path: str
    authority: Authority
    repeat: Repeat
    read: Callable[[Any], T]
    query: Mapping[str, str | int | None] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    # The server itself waits this many seconds before it answers.
    waiting: int = 0

    def content(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else _json.dumps(self.body).encode()

    def parameters(self) -> dict[str, str]:
        """The query; what is `None` is left out."""
        return {name: str(value) for name, value in self.query.items() if value is not None}

    def may_repeat_after(self, error: WAIaaSError) -> bool:
        """Whether the call may be made again after it ended like this."""
        harmless = self.repeat is not Repeat.NOT
        if isinstance(error, Unreachable):
            return True
        if isinstance(error, AnswerLost):
            return harmless
        if isinstance(error, ForeignAnswer):
            # What stands between us and the server speaks of itself: nobody knows how far the call came.
            return harmless and error.status_code in (502, 503, 504)
        if isinstance(error, Refusal):
            # The same call with the same key is still being worked on.
            in_progress = self.repeat is Repeat.KEYED and error.status_code == 409 and error.retry_after is not None
            return error.retryable or in_progress
        return False

    def answer(self, status: int, retry_after: str | None, content: bytes) -> T:
        """Reads the answer; raises the error that it is."""
        seconds = float(retry_after) if retry_after is not None and retry_after.isdecimal() else None
        try:
            body = _json.loads(content) if content else None
        except ValueError:
            if 200 <= status < 300:
                raise ForeignAnswer(status, "an answer that is no JSON", self.key) from None
            body = None
        if 200 <= status < 300:
            try:
                return self.read(body)
            except ShapeError as error:
                # After success: the call was carried out.
                raise ForeignAnswer(status, f"an answer of another shape: {error}", self.key) from None
        raise refusal(status, body, seconds) or ForeignAnswer(status, "an error without a code", self.key)


def credentials(authority: Authority, session: str | None, master: str | None) -> dict[str, str]:
    """The headers by which a caller shows who it is. With both secrets, calls that accept either use the password, which
    sees more.
    """
    if authority in (Authority.NOBODY, Authority.OWNER):
        return {}
    wants_session = authority is Authority.SESSION or (authority is Authority.SESSION_OR_MASTER and master is None)
    if wants_session and session is not None:
        return {"Authorization": f"Bearer {session}"}
    if not wants_session and master is not None:
        return {"X-Master-Password": master}
    what = {
        Authority.SESSION: "a session token",
        Authority.MASTER: "the master password",
        Authority.SESSION_OR_MASTER: "a session token or the master password",
    }[authority]
    raise UsageError(f"this call needs {what}: give it to the client")


def header_bytes(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Headers as they are sent; refuses what would end a header."""
    for name, value in headers.items():
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
            raise UsageError(f"{name} contains a character that no header can carry")
    return {name.encode(): value.encode() for name, value in headers.items()}


def fresh_key(given: str | None) -> str:
    """The caller's idempotency key, or a new one (a UUID of version 4)."""
    if given is None:
        return str(uuid.uuid4())
    if not 1 <= len(given) <= 255 or not all("!" <= letter <= "~" for letter in given):
        raise UsageError("an idempotency key is 1 to 255 visible ASCII characters")
    return given


def checked_base(base_url: str) -> str:
    """The address of a server, without a slash at the end."""
    base = base_url.rstrip("/")
    scheme, _, rest = base.partition("://")
    if scheme not in ("http", "https") or not rest or "?" in rest or "#" in rest or "@" in rest:
        raise UsageError(f"`{base_url}` is no http or https address of a server")
    return base


def segment(value: str, name: str) -> str:
    """An id as a part of a path; refuses what would lead to another path."""
    if not value or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in value):
        raise UsageError(f"{name} is no id: {value!r}")
    return value
