"""What an owner signs, and how the signature travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["OwnerProof", "SignIn"]


@dataclass(frozen=True, slots=True)
class OwnerProof:
    """A text that an owner signed, and the signature."""

    message: str
    """The text, for example from `SignIn.text`."""
    signature: str
    """The signature, hexadecimal with or without `0x` (EIP-191 `personal_sign`: 65 bytes)."""
    address: str | None = None
    """The owner's address, when the server should not read it from the text."""

    def headers(self) -> dict[str, str]:
        """The headers that carry it. Line ends become `\\n`, which is how a header can carry them."""
        message = self.message.replace("\r\n", "\n").replace("\n", "\\n")
        found = {"X-Owner-Signature": self.signature, "X-Owner-Message": message}
        if self.address is not None:
            found["X-Owner-Address"] = self.address
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The sign-in text of EIP-4361 by which an owner says one thing, once."""

    address: str
    """The owner's address, with EIP-55 checksum."""
    statement: str
    """What the owner says: `approve`, `reject`, `verify` and `KILL_SWITCH` have the sentences that the server knows."""
    chain_id: int
    """The EIP-155 id of the chain."""
    nonce: str
    """From `get_nonce`; the server accepts it once."""
    issued_at: str
    """When the text is signed (RFC 3339)."""
    expires_at: str
    """When it ends (RFC 3339)."""
    domain: str = "waiaas.local"
    """A domain that the server accepts: this one or its own host."""

    KILL_SWITCH: ClassVar[str] = "Activate kill switch"

    @staticmethod
    def approve(transaction_id: str) -> str:
        """The sentence that approves a transaction."""
        return f"Approve transaction {transaction_id}"

    @staticmethod
    def reject(transaction_id: str) -> str:
        """The sentence that rejects a transaction."""
        return f"Reject transaction {transaction_id}"

    @staticmethod
    def verify(wallet_id: str) -> str:
        """The sentence by which the owner of a wallet proves to have its key."""
        return f"Verify owner of wallet {wallet_id}"

    @property
    def text(self) -> str:
        """The text to sign."""
        return (
            f"{self.domain} wants you to sign in with your Ethereum account:\n{self.address}\n\n{self.statement}\n\n"
            f"URI: http://{self.domain}\nVersion: 1\nChain ID: {self.chain_id}\nNonce: {self.nonce}\n"
            f"Issued At: {self.issued_at}\nExpiration Time: {self.expires_at}"
        )
