"""The clients and the OpenAPI document of the server say the same."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import World
from waiaas import AsyncWAIaaSClient, OwnerProof, TransferRequest, WAIaaSClient
from waiaas._call import Authority, Call, Repeat

PACKAGE = Path(__file__).resolve().parents[1]
ID = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
# Arguments that let every method of the client put its call together.
ARGUMENTS: dict[str, Any] = {
    "proof": OwnerProof("message", "0x00", "0xowner"),
    "request": TransferRequest(to="0x1", amount=1, wallet_id=ID, network="ethereum-sepolia"),
    "rules": {},
    "policies": [],
    "type": "WHITELIST",
    "name": "a name",
    "owner_address": "0x1",
}
# Made of other methods, or nothing that is sent.
NOT_CALLS = {
    "close",
    "set_session_token",
    "clear_session_token",
    "get_wallet_info",
    "iter_transactions",
    "wait_for_transaction",
    "send_token",
}
# Its page in a browser.
NOT_FOR_PROGRAMS = {("GET", "/reference")}


class Captured(Exception):
    def __init__(self, call: Call[Any]) -> None:
        self.call = call


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", PACKAGE / "tools" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    return module


def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, Call[Any]]:
    """The call that each method makes, with every argument that it has."""

    def capture(_client: WAIaaSClient, call: Call[Any]) -> Any:
        raise Captured(call)

    monkeypatch.setattr(WAIaaSClient, "_answer", capture)
    client = WAIaaSClient("http://localhost", "t", master_password="pw")
    found: dict[str, Call[Any]] = {}
    for name, method in inspect.getmembers(client, inspect.ismethod):
        if name.startswith("_") or name in NOT_CALLS:
            continue
        arguments = {}
        for parameter in inspect.signature(method).parameters.values():
            if parameter.name in ARGUMENTS:
                arguments[parameter.name] = ARGUMENTS[parameter.name]
            elif parameter.default is inspect.Parameter.empty:
                arguments[parameter.name] = ID
            elif "Sequence[str]" in str(parameter.annotation):
                arguments[parameter.name] = [ID]
            elif parameter.annotation in ("str | None", "Network | None", "Chain | None"):
                arguments[parameter.name] = "any-text"
            elif str(parameter.annotation).startswith("Mapping"):
                arguments[parameter.name] = {}
            elif parameter.default is None or parameter.name == "wait":
                arguments[parameter.name] = 1
        with pytest.raises(Captured) as captured:
            method(**arguments)
        found[name] = captured.value.call
    return found


def test_models_and_the_blocking_client_are_up_to_date(world: World) -> None:
    generate = generator()
    package = PACKAGE / "python" / "waiaas"
    assert generate.models(world.operator.get_openapi()) == (package / "models.py").read_text(), (
        "save the server's /doc and run tools/generate.py on it"
    )
    assert generate.blocking((package / "aio.py").read_text()) == (package / "client.py").read_text(), (
        "run tools/generate.py"
    )


def test_every_call_of_the_server_has_a_method_and_agrees_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = world.operator.get_openapi()
    operations = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    reached = set()
    complaints = []
    for name, call in calls(monkeypatch).items():
        path = call.path.replace(ID, "{}")
        matching = [key for key in operations if key[0] == call.method and re.sub(r"\{\w+\}", "{}", key[1]) == path]
        if not matching:
            complaints.append(f"{name}: the server has no {call.method} {call.path}")
            continue
        reached.add(matching[0])
        complaints += [f"{name}: {found}" for found in differences(call, operations[matching[0]], document)]
    complaints += [f"no method for {method} {path}" for method, path in operations.keys() - reached - NOT_FOR_PROGRAMS]
    assert complaints == []


def differences(call: Call[Any], operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    found = []
    accepted = {scheme for entry in operation["security"] for scheme in entry}
    wanted = {
        Authority.NOBODY: set(),
        Authority.SESSION: {"sessionAuth"},
        Authority.MASTER: {"masterAuth"},
        Authority.SESSION_OR_MASTER: {"sessionAuth", "masterAuth"},
        Authority.OWNER: {"ownerAuth"},
    }[call.authority]
    if not wanted <= accepted or (not wanted and accepted):
        found.append(f"{call.authority} where the server accepts {accepted}")
    parameters = operation.get("parameters", [])
    query = {entry["name"] for entry in parameters if entry["in"] == "query"}
    in_body = {"walletId"} if call.body else set()
    if set(call.query) - query or query - set(call.query) - in_body:
        found.append(f"the query {sorted(call.query)} where the server has {sorted(query)}")
    keyed = any(entry["name"] == "Idempotency-Key" for entry in parameters)
    if keyed is not (call.repeat is Repeat.KEYED):
        found.append(f"{call.repeat} where the server {'takes' if keyed else 'takes no'} idempotency keys")
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if (content is None) is not (call.body is None):
        found.append("a body where the server has none, or the other way round")
    if content is not None and call.body is not None:
        found += body_differences(call, content["schema"]["$ref"].rsplit("/", 1)[1], document)
    return found


def body_differences(call: Call[Any], name: str, document: dict[str, Any]) -> list[str]:
    schemas = document["components"]["schemas"]
    schema = schemas["TransferRequest"] if "oneOf" in schemas[name] else schemas[name]
    assert call.body is not None
    unknown = sorted(set(call.body) - set(schema["properties"]))
    missing = sorted(set(schema["properties"]) - set(call.body)) if "oneOf" not in schemas[name] else []
    # What the client does not offer because this build of the server has one value for it.
    missing = [member for member in missing if (name, member) not in {("CreateWalletRequest", "accountType")}]
    return [f"unknown members {unknown}"] * bool(unknown) + [f"members that cannot be set: {missing}"] * bool(missing)


def test_both_clients_have_the_same_methods() -> None:
    def signatures(kind: type) -> dict[str, str]:
        public = inspect.getmembers(kind, inspect.isfunction)
        return {name: re.sub("Async", "", str(inspect.signature(method))) for name, method in public}

    asynchronous = {name.replace("__a", "__"): text for name, text in signatures(AsyncWAIaaSClient).items()}
    assert asynchronous == signatures(WAIaaSClient)
