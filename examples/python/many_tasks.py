"""Many tasks that pay at the same time, each judged before it asks.

    WAIAAS_URL=http://127.0.0.1:3100 WAIAAS_TOKEN=wai_sess_… python many_tasks.py 25

Every task judges its payment with a copy of the policies first, in this process and without a network; what would be
denied is never sent. The service judges again, with what it knows: its word counts.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter

from waiaas import AsyncWAIaaSClient, Policies, PolicyDenied, TransferRequest
from waiaas.models import Network

NETWORK: Network = "ethereum-sepolia"
WEI_PER_CENT = 10**18 // 200_000  # at $2000
# Of those who are paid, every fifth asks for too much.
CENTS = (5, 10, 15, 20, 500_000)


async def rules(client: AsyncWAIaaSClient) -> Policies:
    """The policies of the wallet, as the service has them."""
    rows = (await client.list_policies()).data
    return Policies.compile([{"type": row.type, "rules": row.rules, "priority": row.priority} for row in rows])


async def pay(client: AsyncWAIaaSClient, policies: Policies, number: int) -> str:
    """Pays one account and says what became of it."""
    request = TransferRequest(
        to=f"0x{0xF00D0000 + number:040x}", amount=CENTS[number % len(CENTS)] * WEI_PER_CENT, network=NETWORK
    )
    context = {"network": NETWORK, "prices": {"eip155:11155111/slip44:60": 2000}}
    verdict = policies.evaluate(policies.prepare(context, request.to_json()))
    if verdict.tier not in ("INSTANT", "NOTIFY"):
        return "not asked for"
    try:
        sent = await client.send(request)
    except PolicyDenied:
        return "denied"
    return (await client.wait_for_transaction(sent.id, timeout=60)).status


async def main(count: int) -> int:
    """Pays `count` accounts; the exit code says whether all went as judged."""
    async with AsyncWAIaaSClient(os.environ["WAIAAS_URL"], os.environ["WAIAAS_TOKEN"]) as client:
        policies = await rules(client)
        outcomes = Counter(await asyncio.gather(*(pay(client, policies, number) for number in range(count))))
    for outcome, times in sorted(outcomes.items()):
        print(f"{times:5}  {outcome}")
    return 0 if set(outcomes) <= {"CONFIRMED", "not asked for"} else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]))))
