"""A local chain and the service as processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from waiaas.models import Network

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "correct horse battery staple"
CHAIN_ID = 11155111
NETWORK: Network = "ethereum-sepolia"
ETHER = 10**18
# A cent in wei, at the $2000 that the settings fix.
CENT = ETHER // 200_000
_PATIENCE = 60


def program(variable: str, advice: str) -> str:
    """The program that an environment variable names."""
    found = os.environ.get(variable)
    if not found:
        raise RuntimeError(f"{variable} is not set: {advice}")
    return found


def _lines(process: subprocess.Popen[str], pattern: str) -> str:
    """What the process says where it listens; its further output is read and dropped."""
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(pattern, line)
        if found:
            stream = process.stdout
            threading.Thread(target=lambda: [None for _ in stream], daemon=True).start()
            return found.group(1)
    raise RuntimeError(f"{process.args!r} ended without saying where it listens")


@dataclass
class Chain:
    """A node that mines every transaction at once."""

    url: str

    def call(self, method: str, *parameters: Any) -> Any:
        """Calls a method of the node."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]

    def balance(self, account: str) -> int:
        """What an account has, in wei."""
        return int(self.call("eth_getBalance", account, "latest"), 16)

    def give(self, account: str, wei: int) -> None:
        """Gives an account this many wei."""
        self.call("anvil_setBalance", account, hex(wei))


@contextmanager
def chain() -> Iterator[Chain]:
    """A node on a free port."""
    anvil = program("WAIAAS_ANVIL", "the path of anvil, which `cargo verify` installs below target/tools")
    command = [anvil, "--host", "127.0.0.1", "--port", "0", "--chain-id", str(CHAIN_ID)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            address = _lines(process, r"Listening on (\S+)")
            yield Chain(f"http://{address}")
        finally:
            process.kill()


@contextmanager
def service(folder: Path, node: Chain) -> Iterator[str]:
    """The service on an empty data directory: its address."""
    waiaas = program("WAIAAS_BIN", "the path of the service, from `cargo build -p waiaas-server`")
    limits = "\n".join(f"{name} = 1000000" for name in ("rate_limit_global_ip_rpm", "rate_limit_session_rpm"))
    (folder / "config.toml").write_text(
        f'[daemon]\nport = 0\n\n[rpc]\nevm_ethereum_sepolia = "{node.url}"\n\n[security]\n{limits}\n'
        "rate_limit_tx_rpm = 1000000\nmax_sessions_per_wallet = 50\n\n"
        '[oracle.fixed]\n"eip155:11155111/slip44:60" = "2000"\n'
    )
    command = [waiaas, "start", "--data-dir", str(folder)]
    environment = {**os.environ, "WAIAAS_MASTER_PASSWORD": PASSWORD}
    with (folder / "test.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        try:
            port = _lines(process, r"WAIAAS_PORT=(\d+)")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def wait_for(done: Callable[[], Any], what: str) -> Any:
    """Waits until `done` gives something."""
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        found = done()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


def expected(*arguments: str) -> Iterator[dict[str, Any]]:
    """What native code decides, line by line."""
    named = os.environ.get("WAIAAS_EXPECTED")
    command = [named] if named else ["cargo", "run", "-q", "-p", "waiaas-reference", "--bin", "expected", "--"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line, parse_float=Decimal)
    assert process.returncode == 0, f"{command} failed"
