"""A key that signs in as the owner of a wallet, in plain Python. Slow and not constant in time: for tests only."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta, timezone

from service import CHAIN_ID
from waiaas import OwnerProof, SignIn, WAIaaSClient

# secp256k1 (SEC 2, section 2.4.1).
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
Point = tuple[int, int]


class OwnerKey:
    """An owner's key pair: the key whose 32 bytes all are `byte`, which everybody knows."""

    def __init__(self, byte: int) -> None:
        self._secret = int.from_bytes(bytes([byte] * 32), "big")
        public = _times(self._secret, G)
        digits = keccak256(b"".join(part.to_bytes(32, "big") for part in public))[12:].hex()
        hashed = keccak256(digits.encode()).hex()
        self.address = "0x" + "".join(a.upper() if b >= "8" else a for a, b in zip(digits, hashed))

    def proof(self, client: WAIaaSClient, statement: str) -> OwnerProof:
        """The owner says `statement`, over a new nonce."""
        now = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
        text = SignIn(
            address=self.address,
            statement=statement,
            chain_id=CHAIN_ID,
            nonce=client.get_nonce().nonce,
            issued_at=f"{now.isoformat()}Z",
            expires_at=f"{(now + timedelta(minutes=5)).isoformat()}Z",
        ).text
        return OwnerProof(text, self.sign(text))

    def sign(self, text: str) -> str:
        """The signature that wallets call `personal_sign`."""
        digest = keccak256(f"\x19Ethereum Signed Message:\n{len(text.encode())}{text}".encode())
        number = int.from_bytes(digest, "big")
        secret = self._secret.to_bytes(32, "big")
        k = int.from_bytes(hmac.new(secret, digest, hashlib.sha256).digest(), "big") % N
        x, y = _times(k, G)
        r = x % N
        s = pow(k, -1, N) * (number + r * self._secret) % N
        recovery = y & 1
        if s > N // 2:
            s, recovery = N - s, recovery ^ 1
        return f"0x{r:064x}{s:064x}{27 + recovery:02x}"


def _add(left: Point | None, right: Point | None) -> Point | None:
    if left is None or right is None:
        return left or right
    if left[0] == right[0] and (left[1] + right[1]) % P == 0:
        return None
    if left == right:
        slope = 3 * left[0] * left[0] * pow(2 * left[1], -1, P) % P
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, P) % P
    x = (slope * slope - left[0] - right[0]) % P
    return x, (slope * (left[0] - x) - left[1]) % P


def _times(factor: int, point: Point) -> Point:
    found: Point | None = None
    step: Point | None = point
    while factor:
        if factor & 1:
            found = _add(found, step)
        step = _add(step, step)
        factor >>= 1
    assert found is not None
    return found


def keccak256(data: bytes) -> bytes:
    """Keccak-256, the hash of Ethereum (Keccak team, version 3.0, with the padding from before FIPS 202)."""
    state = [0] * 25
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % 136))
    padded[-1] |= 0x80
    for start in range(0, len(padded), 136):
        for lane in range(17):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & (2**64 - 1) if by else lane


def _permute(state: list[int]) -> None:
    register = 1
    for _ in range(24):
        columns = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for x in range(5):
            change = columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                state[x + y] ^= change
        x, y, lane = 1, 0, state[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            state[x + 5 * y], lane = _rotated(lane, (step + 1) * (step + 2) // 2 % 64), state[x + 5 * y]
        for y in range(0, 25, 5):
            row = state[y : y + 5]
            for x in range(5):
                state[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5])
        for bit in range(7):
            if register & 1:
                state[0] ^= 1 << (2**bit - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
