"""Transactions that an agent asks for, from the keywords of `send_token`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .errors import UsageError
from .models import (
    ApproveRequest,
    AvailableNetwork,
    ContractCallRequest,
    Network,
    TokenReference,
    TokenTransferRequest,
    TransactionRequest,
    TransferRequest,
)

__all__ = ["WalletInfo", "token_reference", "transaction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletInfo:
    """The wallet of a session with the networks that it can be used on."""

    wallet_id: str
    chain: str
    environment: str
    address: str
    networks: tuple[AvailableNetwork, ...]


def token_reference(token: str | Mapping[str, Any] | TokenReference) -> TokenReference:
    """A token by its contract, by its CAIP-19 id, or by an object with `address` or `assetId`."""
    if isinstance(token, TokenReference):
        return token
    if isinstance(token, str):
        return TokenReference(asset_id=token) if "/" in token else TokenReference(address=token)
    known = {"address", "assetId", "asset_id", "decimals", "symbol"}
    unknown = sorted(set(token) - known)
    if unknown:
        raise UsageError(f"token.{unknown[0]} is no member of a token: expected one of {', '.join(sorted(known))}")
    return TokenReference(
        address=token.get("address"),
        asset_id=token.get("assetId", token.get("asset_id")),
        decimals=token.get("decimals"),
        symbol=token.get("symbol"),
    )


def transaction(
    kind: str,
    *,
    to: str | None,
    amount: str | int | None,
    human_amount: str | int | Decimal | None,
    memo: str | None,
    token: str | Mapping[str, Any] | TokenReference | None,
    spender: str | None,
    calldata: str | None,
    value: str | int | None,
    abi: Sequence[Mapping[str, Any]] | None,
    network: Network | None,
    wallet_id: str | None,
) -> TransactionRequest:
    """The request of the type `kind`; refuses keywords that it has no place for."""
    given: dict[str, Any] = {
        "to": to,
        "amount": amount,
        "human_amount": human_amount,
        "memo": memo,
        "token": None if token is None else token_reference(token),
        "spender": spender,
        "calldata": calldata,
        "value": value,
        "abi": None if abi is None else tuple(abi),
        "network": network,
        "wallet_id": wallet_id,
    }
    shapes: dict[str, type[TransferRequest | TokenTransferRequest | ContractCallRequest | ApproveRequest]] = {
        "TRANSFER": TransferRequest,
        "TOKEN_TRANSFER": TokenTransferRequest,
        "CONTRACT_CALL": ContractCallRequest,
        "APPROVE": ApproveRequest,
    }
    shape = shapes.get(kind)
    if shape is None:
        raise UsageError(f"type is one of {', '.join(shapes)}, not {kind!r}")
    members = {member.name: member for member in shape.members}
    present = {name: entry for name, entry in given.items() if entry is not None}
    for name in present:
        if name not in members:
            raise UsageError(f"{name} does not belong to a transaction of type {kind}")
    for name, member in members.items():
        if member.required and name != "type" and name not in present:
            raise UsageError(f"a transaction of type {kind} needs {name}")
    return shape(**present)
