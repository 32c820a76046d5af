"""What tests share: a chain, the service, and wallets that agents may use."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import service
from waiaas import AsyncWAIaaSClient, WAIaaSClient


@dataclass
class World:
    """The service, the chain that it uses, and the operator."""

    url: str
    chain: service.Chain
    operator: WAIaaSClient

    def wallet(self, rules: dict[str, Any] | None = None) -> Wallet:
        """A wallet with 100 ETH and a spending limit: at once to $10, with a notice to $100, after a delay to $1000,
        above that by approval.
        """
        made = self.operator.create_wallet("agent", chain="ethereum", environment="testnet")
        assert made.session is not None
        self.chain.give(made.public_key, 100 * service.ETHER)
        tiers = {"instant_max_usd": 10, "notify_max_usd": 100, "delay_max_usd": 1000, "delay_seconds": 60}
        self.operator.create_policy("SPENDING_LIMIT", rules or tiers, wallet_id=made.id)
        return Wallet(self.url, made.id, made.public_key, made.session.id, made.session.token)

    def stranger(self) -> str:
        """An account that nobody has used before."""
        return f"0x5afe{next(_NEXT):036x}"


_NEXT = itertools.count(1)


@dataclass
class Wallet:
    """A wallet and the token of an agent that may use it."""

    url: str
    id: str
    address: str
    session_id: str
    token: str

    def agent(self) -> WAIaaSClient:
        return WAIaaSClient(self.url, self.token)

    def async_agent(self) -> AsyncWAIaaSClient:
        return AsyncWAIaaSClient(self.url, self.token)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The started service on a local chain."""
    folder: Path = tmp_path_factory.mktemp("service")
    with service.chain() as chain, service.service(folder, chain) as url:
        with WAIaaSClient(url, master_password=service.PASSWORD) as operator:
            yield World(url, chain, operator)


@pytest.fixture
def fresh_world(tmp_path: Path, world: World) -> Iterator[World]:
    """A service of its own, for tests that stop it."""
    with service.service(tmp_path, world.chain) as url:
        with WAIaaSClient(url, master_password=service.PASSWORD) as operator:
            yield World(url, world.chain, operator)


