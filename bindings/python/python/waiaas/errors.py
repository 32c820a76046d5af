"""What can go wrong, sorted by what the caller can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = [
    "ActionError",
    "AnswerLost",
    "AuthError",
    "ForeignAnswer",
    "HttpSigningError",
    "Issue",
    "OwnerError",
    "PolicyDenied",
    "PolicyError",
    "Refusal",
    "RequestRefused",
    "ServerError",
    "SessionError",
    "TransactionError",
    "Unreachable",
    "UsageError",
    "ValidationError",
    "WAIaaSError",
    "WalletError",
]


class WAIaaSError(Exception):
    """Everything that this package raises."""

    code: str = "CLIENT_ERROR"
    """The machine-readable code; also one that this version does not know."""
    message: str
    """For people."""
    status_code: int = 0
    """The status of the answer; 0 when there was none."""
    retryable: bool = False
    """Whether the same call may succeed later without being changed."""
    details: Mapping[str, Any] = MappingProxyType({})
    """Facts that depend on the code."""
    request_id: str | None = None
    """The id of the request, which is also in the server's log."""
    hint: str | None = None
    """What the caller can do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault of a document or of a request."""

    path: tuple[str | int, ...]
    """Where it is: member names and positions."""
    message: str
    """What is accepted there."""
    code: str = ""
    """What kind of fault it is, such as `required`."""

    def __str__(self) -> str:
        place = ".".join(str(step) for step in self.path)
        return f"{place}: {self.message}" if place else self.message


class UsageError(WAIaaSError, ValueError):
    """The call makes no sense as it was put together. Nothing was sent."""

    code = "USAGE"


class ValidationError(WAIaaSError, ValueError):
    """A document for the policy evaluator has faults; all of them are in `issues`."""

    code = "VALIDATION_ERROR"
    issues: tuple[Issue, ...]
    """Every fault."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(str(issue) for issue in issues))
        self.issues = tuple(issues)


class RequestRefused(ValidationError):
    """The policy evaluator was given a request that the service would refuse before any policy."""

    denied_by: str
    """What refuses it, such as `VALIDATION`."""
    reason: str
    """The machine-readable reason."""

    def __init__(self, issues: Sequence[Issue], denied_by: str, reason: str, canonical: bytes) -> None:
        super().__init__(issues)
        self.code = reason
        self.denied_by = denied_by
        self.reason = reason
        self._canonical = canonical

    def canonical(self) -> bytes:
        """The canonical JSON of the refusal: the same bytes in every language."""
        return self._canonical


class Unreachable(WAIaaSError, ConnectionError):
    """Nobody answers at the address. Nothing was done."""

    code = "NETWORK_ERROR"
    retryable = True


class AnswerLost(WAIaaSError, ConnectionError):
    """The connection broke, or no answer came in time. Unless the call only reads, it may have been carried out."""

    code = "ANSWER_LOST"
    idempotency_key: str | None
    """The key that the call carried. The same call with the same key finds out what became of it, and never pays twice."""

    def __init__(self, message: str, idempotency_key: str | None = None) -> None:
        super().__init__(f"{message}; the call may have been carried out")
        self.idempotency_key = idempotency_key


class ForeignAnswer(WAIaaSError):
    """Something answered that is no WAIaaS server, or one of another version."""

    code = "UNKNOWN_ERROR"
    idempotency_key: str | None
    """See [`AnswerLost.idempotency_key`]."""

    def __init__(self, status: int, reason: str, idempotency_key: str | None = None) -> None:
        super().__init__(f"the service is not the one expected: {reason} (HTTP {status})")
        self.status_code = status
        self.idempotency_key = idempotency_key


class Refusal(WAIaaSError):
    """The server said no. The subclasses sort refusals by the part of the service that they come from."""

    domain: str
    """The part of the service that the code belongs to."""
    retry_after: float | None
    """When to come back, in seconds from the answer, if the server says so."""

    def __init__(
        self,
        code: str,
        message: str,
        status_code: int,
        *,
        domain: str = "",
        retryable: bool = False,
        retry_after: float | None = None,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status_code = status_code
        self.domain = domain
        self.retryable = retryable
        self.retry_after = retry_after
        self.details = MappingProxyType(dict(details or {}))
        self.request_id = request_id
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The faults of an invalid body; empty for every other refusal."""
        found = self.details.get("issues")
        if not isinstance(found, list):
            return ()
        return tuple(_issue(entry) for entry in found if isinstance(entry, dict))


class AuthError(Refusal):
    """The caller is not who it says, or is not allowed to do this."""


class SessionError(Refusal):
    """A session has ended or cannot be renewed."""


class PolicyError(Refusal):
    """A policy denies, or a policy is not there."""


class TransactionError(Refusal):
    """A transaction, its contents or its chain."""


class PolicyDenied(PolicyError, TransactionError):
    """A policy denies a transaction. Trying again changes nothing; `would_pass` says what would."""

    @property
    def policy_type(self) -> str | None:
        """The policy type that denied, such as `SPENDING_LIMIT`."""
        return _text(self.details.get("policyType"))

    @property
    def reason_code(self) -> str | None:
        """The machine-readable reason, such as `WHITELIST_DENIED`."""
        return _text(self.details.get("reasonCode"))

    @property
    def would_pass(self) -> Any:
        """What would pass, if the server knows: the nearest request that it would allow."""
        return self.details.get("wouldPass")


class WalletError(Refusal):
    """A wallet."""


class OwnerError(Refusal):
    """An owner and its signatures."""


class ActionError(Refusal):
    """A body that is not valid, or an action of a provider."""


class ServerError(Refusal):
    """The service itself."""


class HttpSigningError(Refusal):
    """Paid or signed HTTP requests."""


_BY_DOMAIN: Mapping[str, type[Refusal]] = {
    "AUTH": AuthError,
    "CREDENTIAL": AuthError,
    "SESSION": SessionError,
    "POLICY": PolicyError,
    "TX": TransactionError,
    "CHAIN": TransactionError,
    "NFT": TransactionError,
    "USEROP": TransactionError,
    "WALLET": WalletError,
    "WITHDRAW": WalletError,
    "OWNER": OwnerError,
    "SIGNING": OwnerError,
    "ACTION": ActionError,
    "SYSTEM": ServerError,
    "ADMIN": ServerError,
    "X402": HttpSigningError,
    "ERC8128": HttpSigningError,
}


def refusal(status: int, body: Any, retry_after: float | None) -> Refusal | None:
    """Reads an error answer, flat or nested below `error`. `None` when it is none of a WAIaaS server."""
    if not isinstance(body, dict):
        return None
    nested = body.get("error")
    members: dict[str, Any] = {**(nested if isinstance(nested, dict) else {}), **body}
    code = _text(members.get("code"))
    if code is None:
        return None
    domain = _text(members.get("domain")) or ""
    details = members.get("details")
    details = details if isinstance(details, dict) else {}
    kind = _BY_DOMAIN.get(domain, Refusal)
    if code == "POLICY_DENIED" or "policyType" in details:
        kind = PolicyDenied
    return kind(
        code,
        _text(members.get("message")) or code,
        status,
        domain=domain,
        retryable=members.get("retryable") is True,
        retry_after=retry_after,
        details=details,
        request_id=_text(members.get("requestId")),
        hint=_text(members.get("hint")),
    )


def _issue(entry: Mapping[str, Any]) -> Issue:
    path = entry.get("path")
    steps = path if isinstance(path, list) else [path]
    place = tuple(step for step in steps if isinstance(step, (str, int)))
    return Issue(place, str(entry.get("message", "")), str(entry.get("code", "")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
