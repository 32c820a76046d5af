"""The examples run."""

from __future__ import annotations

import os
import subprocess
import sys

from conftest import Wallet, World
from service import ETHER, ROOT


def run(name: str, wallet: Wallet, *arguments: str) -> tuple[int, str]:
    environment = {**os.environ, "WAIAAS_URL": wallet.url, "WAIAAS_TOKEN": wallet.token}
    command = [sys.executable, str(ROOT / "examples" / "python" / name), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_plain_agent_pays(world: World) -> None:
    wallet, to = world.wallet(), world.stranger()
    code, said = run("agent.py", wallet, to, "0.001")
    assert code == 0 and "CONFIRMED" in said, said
    assert world.chain.balance(to) == ETHER // 1000


def test_a_plain_agent_reads_a_denial(world: World) -> None:
    wallet, to = world.wallet(), world.stranger()
    world.operator.create_policy("WHITELIST", {"allowed_addresses": [world.stranger()]}, wallet_id=wallet.id)
    code, said = run("agent.py", wallet, to, "0.001")
    assert code == 1 and "deny" in said, said
    assert world.chain.balance(to) == 0


def test_a_model_that_asks_for_too_much_asks_for_less(world: World) -> None:
    # Half an ether is $1000, a hundredth of it $10.
    wallet, to = world.wallet(), world.stranger()
    code, said = run("tool_agent.py", wallet, to, "0.5")
    assert code == 0 and "too much" in said and "Paid 0.005" in said, said
    assert world.chain.balance(to) == ETHER // 200


def test_a_model_that_is_denied_says_so(world: World) -> None:
    wallet, to = world.wallet(), world.stranger()
    world.operator.create_policy("WHITELIST", {"allowed_addresses": [world.stranger()]}, wallet_id=wallet.id)
    code, said = run("tool_agent.py", wallet, to, "0.5")
    assert code == 1 and "I could not pay" in said, said


def test_many_tasks_pay_what_is_allowed(world: World) -> None:
    wallet = world.wallet()
    code, said = run("many_tasks.py", wallet, "20")
    assert code == 0 and "16  CONFIRMED" in said and "4  not asked for" in said, said
