"""WAIaaS for Python.

Clients of the wallet service: `WAIaaSClient` (blocking) and `AsyncWAIaaSClient`; their answers are in `models`, their
errors in `errors`.

The policy evaluator itself, in this process: `Policies` and the module `policy`.
"""

from __future__ import annotations

from .aio import AsyncWAIaaSClient
from .client import WAIaaSClient
from .errors import (
    ActionError,
    AnswerLost,
    AuthError,
    ForeignAnswer,
    HttpSigningError,
    Issue,
    OwnerError,
    PolicyDenied,
    PolicyError,
    Refusal,
    RequestRefused,
    ServerError,
    SessionError,
    TransactionError,
    Unreachable,
    UsageError,
    ValidationError,
    WAIaaSError,
    WalletError,
)
from .models import (
    ApproveRequest,
    ContractCallRequest,
    TokenReference,
    TokenTransferRequest,
    TransactionRequest,
    TransferRequest,
)
from .owner import OwnerProof, SignIn
from .policy import Policies, Prepared, Verdict
from .requests import WalletInfo
from .retry import RetryPolicy

__all__ = [
    "ActionError",
    "AnswerLost",
    "ApproveRequest",
    "AsyncWAIaaSClient",
    "AuthError",
    "ContractCallRequest",
    "ForeignAnswer",
    "HttpSigningError",
    "Issue",
    "OwnerError",
    "OwnerProof",
    "Policies",
    "PolicyDenied",
    "PolicyError",
    "Prepared",
    "Refusal",
    "RequestRefused",
    "RetryPolicy",
    "ServerError",
    "SessionError",
    "SignIn",
    "TokenReference",
    "TokenTransferRequest",
    "TransactionError",
    "TransactionRequest",
    "TransferRequest",
    "Unreachable",
    "UsageError",
    "ValidationError",
    "Verdict",
    "WAIaaSClient",
    "WAIaaSError",
    "WalletError",
    "WalletInfo",
]
