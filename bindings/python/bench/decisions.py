"""Decisions per second, beside `cedarpy` in the same process.

    pip install cedarpy && python bench/decisions.py

Both judge the same payment: is the recipient one of a thousand addresses, and the amount within the limit. Ours is
measured as `evaluate` of a prepared request, as prepare and evaluate from dicts, and as `evaluate_many`. Cedar is given
what its Python package offers at best: policies, entities and request parsed beforehand where it can keep them.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from waiaas import Policies

ADDRESSES = [f"0x{number:040x}" for number in range(1, 1001)]
RECIPIENT = ADDRESSES[500]
ROUNDS = 7


def nanoseconds(work: Callable[[], object], times: int, per_call: int = 1) -> float:
    """The median of several rounds, for one decision: the processor's time, which a busy machine does not lengthen."""
    found = []
    for _ in range(ROUNDS):
        began = time.thread_time_ns()
        for _ in range(times):
            work()
        found.append((time.thread_time_ns() - began) / times / per_call)
    return statistics.median(found)


def ours() -> dict[str, float]:
    """Every way of asking."""
    policies = Policies.compile(
        [
            {"type": "WHITELIST", "rules": {"allowed_addresses": ADDRESSES}},
            {"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": 100}},
        ]
    )
    context = {"prices": {"eip155:1/slip44:60": "2000"}}
    request = {"to": RECIPIENT, "amount": 10**15}
    prepared = policies.prepare(context, request)
    assert policies.evaluate(prepared).tier == "INSTANT"
    many = [prepared] * 1000
    return {
        "evaluate, prepared": nanoseconds(lambda: policies.evaluate(prepared), 100_000),
        "evaluate_many, 1000 prepared": nanoseconds(lambda: policies.evaluate_many(many), 100, 1000),
        "prepare and evaluate, dicts": nanoseconds(
            lambda: policies.evaluate(policies.prepare(context, request)), 5_000
        ),
        "decide, with trace": nanoseconds(lambda: policies.decide(prepared), 20_000),
    }


def cedar() -> dict[str, float]:
    """The same question to Cedar."""
    import cedarpy

    # The list belongs to an entity, as Cedar would have it; written into the policy it would be slower.
    policies = cedarpy.PolicySet.from_str(
        'permit(principal, action == Action::"pay", resource) when '
        "{ resource.allowed.contains(context.to) && context.cents <= 10000 };"
    )
    network = {"uid": {"type": "Network", "id": "ethereum"}, "attrs": {"allowed": ADDRESSES}, "parents": []}
    entities = cedarpy.Entities.from_json_str(json.dumps([network]))
    request: dict[str, Any] = {
        "principal": 'Wallet::"w1"',
        "action": 'Action::"pay"',
        "resource": 'Network::"ethereum"',
        "context": {"to": RECIPIENT, "cents": 200},
    }
    many = [request] * 1000
    assert cedarpy.is_authorized(request, policies, entities).allowed
    denied = {**request, "context": {"to": "0x0", "cents": 200}}
    assert not cedarpy.is_authorized(denied, policies, entities).allowed
    return {
        "is_authorized, all kept parsed": nanoseconds(
            lambda: cedarpy.is_authorized(request, policies, entities), 2_000
        ),
        "is_authorized_batch, 1000": nanoseconds(
            lambda: cedarpy.is_authorized_batch(many, policies, entities), 2, 1000
        ),
    }


def main() -> int:
    """Prints the figures and the ratio."""
    own, other = ours(), cedar()
    print(f"Python {sys.version.split()[0]}, median of {ROUNDS} rounds, nanoseconds of the processor per decision")
    for title, figures in (("waiaas", own), ("cedarpy", other)):
        for name, found in figures.items():
            print(f"  {title:8} {name:36} {found:12,.0f}")
    fastest = min(other.values())
    print(f"ratio: cedarpy takes {fastest / own['evaluate, prepared']:.1f} times as long as a prepared decision,")
    print(f"       {fastest / own['prepare and evaluate, dicts']:.1f} times as long as one from dicts")
    return 0 if own["evaluate, prepared"] <= 1_500 else 1


if __name__ == "__main__":
    sys.exit(main())
