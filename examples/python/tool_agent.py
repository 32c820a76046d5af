"""An agent that is driven by a language model through tools.

    WAIAAS_URL=http://127.0.0.1:3100 WAIAAS_TOKEN=wai_sess_… python tool_agent.py 0x… 0.5

The model here is a script, so that the example needs no network: it asks for too much, reads why that is not
done, and asks for less. A real one gets the same `TOOLS` and the same results. What it may do is decided by the policies, not by its
prompt.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from waiaas import PolicyDenied, TransferRequest, WAIaaSClient, WAIaaSError
from waiaas.models import Network

NETWORK: Network = "ethereum-sepolia"

TOOLS: Sequence[Mapping[str, Any]] = (
    {"name": "get_balance", "description": "What the wallet has.", "parameters": {"type": "object", "properties": {}}},
    {
        "name": "pay",
        "description": "Pays native coin. Amounts are decimal text in whole coins, never numbers.",
        "parameters": {
            "type": "object",
            "properties": {"to": {"type": "string"}, "amount": {"type": "string", "pattern": r"^\d+(\.\d+)?$"}},
            "required": ["to", "amount"],
        },
    },
)


@dataclass(frozen=True)
class ToolCall:
    """The model wants a tool to be used."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """What somebody said: `user`, `model` or `tool`."""

    role: str
    content: str


class Model(Protocol):
    """What a language model does: it reads the talk so far, and speaks or asks for a tool."""

    def next(self, talk: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> ToolCall | str: ...


class ScriptedModel:
    """Looks at the balance, asks for the whole wish, and when that is too much for a hundredth of it."""

    def __init__(self, to: str, wish: Decimal) -> None:
        self._to = to
        self._wish = wish

    def next(self, talk: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> ToolCall | str:
        results = [json.loads(message.content) for message in talk if message.role == "tool"]
        if not results:
            return ToolCall("get_balance", {})
        last = results[-1]
        if len(results) == 1:
            return ToolCall("pay", {"to": self._to, "amount": str(self._wish)})
        if "error" in last and len(results) == 2:
            return ToolCall("pay", {"to": self._to, "amount": str(self._wish / 100)})
        if "error" in last:
            return f"I could not pay: {last['error']}"
        return f"Paid {last['amount']}, as {last['transaction']}."


class Toolbox:
    """The tools, over a client of the service."""

    def __init__(self, client: WAIaaSClient) -> None:
        self._client = client
        self._tools: Mapping[str, Callable[..., dict[str, Any]]] = {"get_balance": self._balance, "pay": self._pay}

    def use(self, call: ToolCall) -> str:
        """The result as JSON. Errors are results too: the model can read them and do something else."""
        try:
            return json.dumps(self._tools[call.name](**call.arguments))
        except PolicyDenied as denied:
            return json.dumps({"error": denied.message, "denied_by": denied.policy_type, "retry": False})
        except WAIaaSError as error:
            return json.dumps({"error": error.message, "retry": error.retryable})
        except (KeyError, TypeError) as error:
            return json.dumps({"error": f"no such tool, or other arguments: {error}", "retry": False})

    def _balance(self) -> dict[str, Any]:
        balance = self._client.get_balance(network=NETWORK)
        return {"balance": balance.balance_formatted, "symbol": balance.symbol}

    def _pay(self, to: str, amount: str) -> dict[str, Any]:
        sent = self._client.send(TransferRequest(to=to, human_amount=amount, network=NETWORK))
        if sent.status == "QUEUED":
            # A person has to agree, or time has to pass. This agent does not wait for either.
            self._client.cancel_transaction(sent.id)
            return {"error": f"{amount} is too much to pay at once (tier {sent.tier}); withdrawn", "retry": False}
        done = self._client.wait_for_transaction(sent.id, timeout=60)
        return {"transaction": done.id, "status": done.status, "amount": f"{done.amount_formatted} {done.amount_symbol}"}


def converse(model: Model, toolbox: Toolbox, wish: str, turns: int = 8) -> str:
    """The loop: the model speaks, tools are used, until it has an answer."""
    talk = [Message("user", wish)]
    for _ in range(turns):
        said = model.next(talk, TOOLS)
        if isinstance(said, str):
            return said
        result = toolbox.use(said)
        print(f"{said.name}({json.dumps(dict(said.arguments))}) -> {result}")
        talk += [Message("model", said.name), Message("tool", result)]
    return "I did not come to an end."


def main(to: str, wish: Decimal) -> int:
    """Lets the model pay; the exit code says whether it could."""
    with WAIaaSClient(os.environ["WAIAAS_URL"], os.environ["WAIAAS_TOKEN"]) as client:
        answer = converse(ScriptedModel(to, wish), Toolbox(client), f"Please send {wish} ETH to {to}.")
    print(answer)
    return 0 if answer.startswith("Paid") else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Decimal(sys.argv[2])))
