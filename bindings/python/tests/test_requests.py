"""What is sent: whose secrets, which bodies, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import waiaas
from script import answer, scripted
from waiaas import OwnerProof, RetryPolicy, TransferRequest, WAIaaSClient

ID = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
SENT = answer(201, {"id": ID, "status": "PENDING"})
EMPTY_LIST = answer(200, {"data": [], "total": 0, "limit": 1, "offset": 0})


def client(url: str, session: str | None = None, master: str | None = None) -> WAIaaSClient:
    return WAIaaSClient(url, session, master_password=master, retry_policy=RetryPolicy.never())


@pytest.mark.parametrize(
    ("session", "master", "expect"),
    [
        ("t", None, {"authorization": "Bearer t"}),
        (None, "päss", {"x-master-password": "päss"}),
        ("t", "pw", {"x-master-password": "pw"}),
    ],
)
def test_only_what_a_call_needs_is_sent(session: str | None, master: str | None, expect: dict[str, str]) -> None:
    with scripted(EMPTY_LIST, answer(200, {})) as server, client(server.url, session, master) as made:
        made.list_policies()
        made.get_openapi()
        secrets = ("authorization", "x-master-password")
        assert {name: value for name, value in server.asked[0].headers.items() if name in secrets} == expect
        assert not any(name in server.asked[1].headers for name in secrets)


@pytest.mark.parametrize(
    ("session", "master", "use"),
    [
        (None, "pw", lambda made: made.get_balance()),
        ("t", None, lambda made: made.get_status()),
        (None, None, lambda made: made.list_wallets()),
        ("t\r\nX-Evil: 1", None, lambda made: made.get_balance()),
        ("t", None, lambda made: made.get_transaction("../admin/status")),
        ("t", None, lambda made: made.get_transaction("")),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_sent(
    session: str | None, master: str | None, use: Callable[[Any], Any]
) -> None:
    with scripted() as server, client(server.url, session, master) as made:
        with pytest.raises(waiaas.UsageError):
            use(made)
        assert server.asked == []


@pytest.mark.parametrize("address", ["", "localhost:3100", "ftp://x", "http://", "http://h?x=1", "http://u:p@h"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(waiaas.UsageError):
        WAIaaSClient(address)


def test_the_owners_words_travel_in_headers() -> None:
    approved = answer(200, {"id": ID, "status": "EXECUTING", "approvedAt": 1})
    with scripted(approved) as server, client(server.url, "t", "pw") as made:
        made.approve_transaction(ID, OwnerProof("one\r\ntwo\nthree", "0xab", "0xowner"))
        headers = server.asked[0].headers
        assert headers["x-owner-message"] == "one\\ntwo\\nthree"
        assert (headers["x-owner-signature"], headers["x-owner-address"]) == ("0xab", "0xowner")
        assert "authorization" not in headers and "x-master-password" not in headers


UINT256 = 2**256 - 1


@pytest.mark.parametrize(
    ("keywords", "expect"),
    [
        ({"to": "0x1", "amount": UINT256}, {"type": "TRANSFER", "to": "0x1", "amount": str(UINT256)}),
        ({"to": "0x1", "amount": "7"}, {"type": "TRANSFER", "to": "0x1", "amount": "7"}),
        (
            {"to": "0x1", "human_amount": Decimal("0.10")},
            {"type": "TRANSFER", "to": "0x1", "humanAmount": "0.10"},
        ),
        (
            {"to": "0x1", "amount": 1, "type": "TOKEN_TRANSFER", "token": "0xa"},
            {"type": "TOKEN_TRANSFER", "to": "0x1", "amount": "1", "token": {"address": "0xa"}},
        ),
        (
            {"to": "0x1", "amount": 1, "type": "TOKEN_TRANSFER", "token": "eip155:1/erc20:0xa"},
            {"type": "TOKEN_TRANSFER", "to": "0x1", "amount": "1", "token": {"assetId": "eip155:1/erc20:0xa"}},
        ),
        (
            {"to": "0x1", "type": "CONTRACT_CALL", "calldata": "0x12345678", "value": 0},
            {"type": "CONTRACT_CALL", "to": "0x1", "calldata": "0x12345678", "value": "0"},
        ),
        (
            {"type": "APPROVE", "spender": "0x2", "token": {"address": "0xa", "decimals": 6}, "amount": 9},
            {"type": "APPROVE", "spender": "0x2", "token": {"address": "0xa", "decimals": 6}, "amount": "9"},
        ),
    ],
)
def test_keywords_become_bodies(keywords: dict[str, Any], expect: dict[str, Any]) -> None:
    with scripted(SENT) as server, client(server.url, "t") as made:
        made.send_token(**keywords)
        assert server.asked[0].body == {**expect, "dryRun": False}


@pytest.mark.parametrize(
    ("keywords", "word"),
    [
        ({"to": "0x1", "amount": 0.5}, "float"),
        ({"to": "0x1", "human_amount": 0.5}, "float"),
        ({"to": "0x1", "amount": True}, "bool"),
        ({"to": "0x1", "amount": Decimal(1)}, "smallest units"),
        ({"to": "0x1", "amount": 1, "spender": "0x2"}, "spender"),
        ({"amount": 1}, "to"),
        ({"to": "0x1", "amount": 1, "type": "SWAP"}, "type"),
        ({"to": "0x1", "amount": 1, "type": "TOKEN_TRANSFER"}, "token"),
        ({"to": "0x1", "amount": 1, "type": "TOKEN_TRANSFER", "token": {"adress": "0x"}}, "adress"),
    ],
)
def test_keywords_that_are_refused(keywords: dict[str, Any], word: str) -> None:
    with scripted() as server, client(server.url, "t") as made:
        with pytest.raises(waiaas.UsageError, match=word):
            made.send_token(**keywords)
        assert server.asked == []


def test_floats_in_rules_are_refused_with_their_place() -> None:
    with scripted() as server, client(server.url, master="pw") as made:
        with pytest.raises(waiaas.UsageError, match=r"rules\.tiers\.1\.max is a float"):
            made.create_policy("SPENDING_LIMIT", {"tiers": [{"max": 1}, {"max": 0.1}]})
        assert server.asked == []


def test_exact_fractions_in_rules_keep_their_digits() -> None:
    from waiaas import _json

    assert _json.dumps({"a": Decimal("0.10"), "b": [1, None, True, "é"]}) == '{"a":0.10,"b":[1,null,true,"\\u00e9"]}'
    assert _json.loads("0.1") == Decimal("0.1")


def test_denials_say_what_would_pass() -> None:
    details = {"policyType": "SPENDING_LIMIT", "reasonCode": "SPENDING_LIMIT_EXCEEDED", "wouldPass": {"maxAmount": "5"}}
    body = {
        "code": "POLICY_DENIED",
        "message": "Too much.",
        "domain": "POLICY",
        "retryable": False,
        "requestId": "r-1",
        "hint": "Ask for less.",
        "details": details,
    }
    for shape in (body, {"error": body}):
        with scripted(answer(403, shape)) as server, client(server.url, "t") as made:
            with pytest.raises(waiaas.PolicyDenied) as denied:
                made.send(TransferRequest(to="0x1", amount=10))
            error = denied.value
            assert isinstance(error, waiaas.TransactionError) and isinstance(error, waiaas.WAIaaSError)
            assert (error.policy_type, error.reason_code) == ("SPENDING_LIMIT", "SPENDING_LIMIT_EXCEEDED")
            assert error.would_pass == {"maxAmount": "5"}
            assert (error.hint, error.request_id, error.status_code) == ("Ask for less.", "r-1", 403)
            assert str(error) == "Too much. (POLICY_DENIED)"


def test_faults_of_a_body_are_listed() -> None:
    issues = [{"path": ["rules", 0, "x"], "code": "c", "message": "expected y"}]
    body = {"code": "ACTION_VALIDATION_FAILED", "message": "m", "domain": "ACTION", "details": {"issues": issues}}
    with scripted(answer(400, body)) as server, client(server.url, master="pw") as made:
        with pytest.raises(waiaas.ActionError) as error:
            made.create_policy("WHITELIST", {})
        assert [str(issue) for issue in error.value.issues] == ["rules.0.x: expected y"]


def test_a_newer_server_is_understood() -> None:
    with scripted(
        answer(200, {"id": ID, "status": "BRAND_NEW", "more": {"x": 1}}),
        answer(418, {"error": {"code": "BRAND_NEW", "message": "No.", "domain": "FUTURE"}}),
    ) as server, client(server.url, "t") as made:
        assert str(made.send(TransferRequest(to="0x1", amount=1)).status) == "BRAND_NEW"
        with pytest.raises(waiaas.Refusal) as error:
            made.send(TransferRequest(to="0x1", amount=1))
        assert (error.value.code, type(error.value)) == ("BRAND_NEW", waiaas.Refusal)


def test_secrets_are_not_printed() -> None:
    assert "t0ken" not in repr(client("http://h", "t0ken", "pa55"))
    assert "pa55" not in repr(client("http://h", "t0ken", "pa55"))
