"""The wheel installs where nothing can be compiled."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

WHEEL = os.environ.get("WAIAAS_WHEEL")

USE = """
from waiaas import AsyncWAIaaSClient, Policies, WAIaaSClient
policies = Policies.compile([{"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": 10}}])
prepared = policies.prepare({}, {"to": "0x" + "1" * 40, "amount": 1})
assert policies.evaluate(prepared).allowed
print(WAIaaSClient("http://127.0.0.1:1"))
"""


@pytest.mark.skipif(WHEEL is None, reason="WAIAAS_WHEEL names no wheel; `cargo verify` does")
def test_the_wheel_installs_in_a_clean_environment_without_a_compiler(tmp_path: Path) -> None:
    assert WHEEL is not None and "cp310-abi3" in Path(WHEEL).name
    venv.create(tmp_path, with_pip=True)
    python = tmp_path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    # No programs to find, so no compiler; and no source packages, so no need for one.
    kept = ("HOME", "SYSTEMROOT", "TEMP", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "SSL_CERT_FILE")
    environment = {"PATH": str(nothing), **{name: os.environ[name] for name in kept if name in os.environ}}
    install = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", WHEEL]
    subprocess.run(install, check=True, env=environment, timeout=300)
    used = subprocess.run([str(python), "-c", USE], env=environment, capture_output=True, text=True, timeout=60)
    assert used.returncode == 0, used.stderr
