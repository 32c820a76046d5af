"""Writes the typed models of the API, and the blocking client from the asynchronous one.

    python tools/generate.py openapi.json     # the document that a server has at /doc

Both files are made from one source each and must not be changed by hand; a test compares them.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "python" / "waiaas"
WIDTH = 118

# Closed lists of texts: their names in Python, by values that only they have. The first that fits is taken.
ENUMERATIONS = {
    "ethereum-mainnet": "Network",
    "ethereum": "Chain",
    "testnet": "Environment",
    "CONFIRMED": "TxStatus",
    "TRANSFER": "TxType",
    "INSTANT": "Tier",
    "VALIDATION:CHANNEL": "DeniedBy",
    "SPENDING_LIMIT": "PolicyType",
    "TRANSFER_DISABLED": "ReasonCode",
    "HIGH_FEE_RATIO": "WarningCode",
    "info": "WarningSeverity",
    "mcp": "SessionSource",
    "EXPIRED:REVOKED": "SessionStatus",
    "daily": "Window",
    "cumulative_daily": "ApprovalReason",
    "LOCKED:SUSPENDED": "KillSwitchState",
    "GRACE": "OwnerState",
    "TERMINATED": "WalletStatus",
    "eoa": "AccountType",
    "rest": "ApprovalMethod",
    "dcent": "WalletType",
    "loan": "PassingUsdOf",
    "unrecognized_key": "IssueCode",
    "POLICY_DENIED": "ErrorCode",
    "SYSTEM": "ErrorDomain",
}
# Amounts of requests, which Python may give as integers: in smallest units, and in whole ones.
AMOUNTS = {
    "amount": ("str | int", "_shape.amount"),
    "value": ("str | int", "_shape.amount"),
    "humanAmount": ("str | int | Decimal", "_shape.human_amount"),
}
# Shown once by the server, and never by a model.
SECRETS = {"token"}


@dataclass
class Known:
    """What types are made from."""

    schemas: dict[str, Any]
    # The enumerations so far, by their names in Python.
    enumerations: dict[str, list[str]]


def main(document: dict[str, Any]) -> None:
    """Writes both files."""
    (PACKAGE / "models.py").write_text(models(document), encoding="utf-8")
    (PACKAGE / "client.py").write_text(blocking((PACKAGE / "aio.py").read_text(encoding="utf-8")), encoding="utf-8")


def blocking(source: str) -> str:
    """The blocking client: the asynchronous one without its waiting words."""
    replaced = [
        ("AsyncWAIaaSClient", "WAIaaSClient"),
        ("httpx.AsyncClient", "httpx.Client"),
        ("AsyncIterator", "Iterator"),
        ("__aenter__", "__enter__"),
        ("__aexit__", "__exit__"),
        (".aclose(", ".close("),
        ("asyncio", "time"),
        ("async def ", "def "),
        ("async with ", "with "),
        ("async for ", "for "),
        ("await ", ""),
    ]
    for old, new in replaced:
        source = source.replace(old, new)
    first, rest = source.split("\n", 1)
    return f'"""The blocking client. Made from `aio.py` by `tools/generate.py`."""\n{rest}' if first else source


def models(document: dict[str, Any]) -> str:
    """The module with one class per named schema."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    known = Known(schemas, {})
    classes: list[str] = []
    for name in in_order(schemas):
        schema = schemas[name]
        if "oneOf" in schema:
            classes.append(union(name, schema))
        elif schema.get("type") == "object":
            classes.append(model(name, schema, known))
        else:
            sys.exit(f"{name}: a schema of a kind that this script does not know")
    listed = [f"{name} = Literal[\n{literal(values)}]" for name, values in sorted(known.enumerations.items())]
    names = sorted([*schemas, *known.enumerations], key=lambda name: (name.upper() != name, name))
    exported = "".join(f'    "{name}",\n' for name in names)
    head = (
        '"""Typed models of the API. Made from its OpenAPI document by `tools/generate.py`."""\n\n'
        "from __future__ import annotations\n\n"
        "from collections.abc import Mapping\n"
        "from dataclasses import dataclass, field\n"
        "from decimal import Decimal\n"
        "from typing import Any, ClassVar, Literal, Union\n\n"
        "from . import _shape\n"
        "from ._shape import Member, Model\n\n"
        f"__all__ = [\n{exported}]\n\n"
        "# A newer server may answer values that are not in these lists.\n"
    )
    return head + "\n".join(listed) + "\n\n\n" + "\n\n\n".join(classes) + "\n"


def in_order(schemas: dict[str, Any]) -> list[str]:
    """Names such that every schema comes after those that it mentions."""
    done: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        for mentioned in sorted(set(re.findall(r'#/components/schemas/(\w+)"', json.dumps(schemas[name])))):
            visit(mentioned)
        done.append(name)

    for name in sorted(schemas):
        visit(name)
    return done


def union(name: str, schema: dict[str, Any]) -> str:
    parts = ", ".join(part["$ref"].rsplit("/", 1)[1] for part in schema["oneOf"])
    return f"{name} = Union[{parts}]"


def model(name: str, schema: dict[str, Any], known: Known) -> str:
    required = set(schema.get("required", []))
    members = sorted(schema["properties"].items(), key=lambda item: item[0] not in required)
    lines = ["@dataclass(frozen=True, slots=True, kw_only=True)", f"class {name}(Model):", *doc(schema)]
    table: list[str] = []
    for wire, member in members:
        hint, reader = AMOUNTS.get(wire, ("", "")) if name.endswith("Request") else ("", "")
        if not hint:
            hint, reader = kind(member, known)
        lines += declaration(wire, member, hint, wire in required)
        table.append(f'        Member("{wire}", "{snake(wire)}", {reader}, {wire in required}),')
    lines += ["    members: ClassVar[tuple[Member, ...]] = (", *table, "    )"]
    return "\n".join(lines)


def declaration(wire: str, member: dict[str, Any], hint: str, required: bool) -> list[str]:
    constant = re.fullmatch(r"`(\w+)`\.", member.get("description", "")) if "enum" in member else None
    if constant is not None:
        default: str | None = repr_text(constant.group(1))
    elif "default" in member:
        default = repr_text(member["default"]) if isinstance(member["default"], str) else repr(member["default"])
    else:
        default = None if required else "None"
    if not required and default == "None" and not hint.endswith("| None"):
        hint += " | None"
    if wire in SECRETS:
        default = "field(repr=False)"
    value = "" if default is None else f" = {default}"
    return [f"    {snake(wire)}: {hint}{value}", *doc(member)]


def kind(schema: dict[str, Any], known: Known) -> tuple[str, str]:
    """How a schema is written as a type, and what reads it."""
    if schema.get("nullable"):
        hint, reader = kind({key: value for key, value in schema.items() if key != "nullable"}, known)
        return f"{hint} | None", f"_shape.nullable({reader})"
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if "oneOf" in known.schemas[name]:
            return name, kind(known.schemas[name], known)[1]
        return name, f"{name}.from_json"
    if "allOf" in schema:
        return kind(schema["allOf"][0], known)
    if "oneOf" in schema:
        parts = [kind(part, known) for part in schema["oneOf"]]
        readers = ", ".join(reader for _, reader in parts)
        return " | ".join(hint for hint, _ in parts), f"_shape.first_of({readers})"
    if "enum" in schema:
        return enumeration(schema["enum"], known), "_shape.text"
    match schema.get("type"):
        case "string":
            return "str", "_shape.text"
        case "boolean":
            return "bool", "_shape.flag"
        case "integer":
            return "int", "_shape.integer"
        case "number":
            return "Decimal", "_shape.number"
        case "array":
            hint, reader = kind(schema["items"], known)
            return f"tuple[{hint}, ...]", f"_shape.listed({reader})"
        case "object":
            return "Mapping[str, Any]", "_shape.mapping"
    return "Any", "_shape.anything"


def enumeration(values: list[str], known: Known) -> str:
    for mark, name in ENUMERATIONS.items():
        if set(mark.split(":")) <= set(values) and known.enumerations.get(name, values) == values:
            known.enumerations[name] = values
            return name
    sys.exit(f"an enumeration without a name, or two that differ: {values}")


def literal(values: list[str]) -> str:
    return "".join(f"    {repr_text(value)},\n" for value in values)


def repr_text(value: str) -> str:
    return json.dumps(value)


def doc(schema: dict[str, Any]) -> list[str]:
    prose = schema.get("description", "").replace("\\", "\\\\")
    lines = textwrap.wrap(prose, WIDTH - 10)
    if not lines:
        return []
    if len(lines) == 1:
        return [f'    """{lines[0]}"""']
    return [f'    """{lines[0]}', *[f"    {line}" for line in lines[1:]], '    """']


def snake(wire: str) -> str:
    """`ownerAddress` as `owner_address`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found.group(1).lower(), wire)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
