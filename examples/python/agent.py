"""An agent that pays somebody: dry run, send, wait.

    WAIAAS_URL=http://127.0.0.1:3100 WAIAAS_TOKEN=wai_sess_… python agent.py 0x… 0.001

The token comes from the operator (`waiaas quickset`, or a wallet made over the API). The agent never sees a key.
"""

from __future__ import annotations

import os
import sys
from decimal import Decimal

from waiaas import PolicyDenied, TransferRequest, WAIaaSClient
from waiaas.models import Network


def main(to: str, whole_units: Decimal, network: Network) -> int:
    """Pays; the exit code says whether the payment arrived."""
    with WAIaaSClient(os.environ["WAIAAS_URL"], os.environ["WAIAAS_TOKEN"]) as client:
        wallet = client.get_wallet_info()
        balance = client.get_balance(network=network)
        print(f"wallet {wallet.address} has {balance.balance_formatted} {balance.symbol}")

        request = TransferRequest(to=to, human_amount=whole_units, network=network)
        forecast = client.simulate(request)
        for warning in forecast.warnings:
            print(f"note: {warning.message}")
        if not forecast.policy.allowed:
            print(f"the policies would deny it: {forecast.policy.reason}")
            return 1
        print(f"the policies allow it: {forecast.policy.tier}")

        try:
            sent = client.send(request)
        except PolicyDenied as denied:
            # Somebody else spent in between, or the policies were changed. Trying again would change nothing.
            print(f"denied by {denied.policy_type}: {denied.message}; {denied.hint}")
            return 1
        done = client.wait_for_transaction(sent.id, timeout=60)
        print(f"{done.status}: {done.amount_formatted} {done.amount_symbol} to {done.to_address}, {done.tx_hash}")
        return 0 if done.status == "CONFIRMED" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Decimal(sys.argv[2]), "ethereum-sepolia"))
