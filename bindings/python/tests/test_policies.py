"""The evaluator: the same decisions as native code, to the byte; what is refused; threads."""

from __future__ import annotations

import json
import os
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from service import ROOT, expected
from waiaas import UsageError, WAIaaSError, _json, policy
from waiaas.policy import Policies, Prepared, RequestRefused, ValidationError

RECIPIENT = "0x1000000000000000000000000000000000000001"
LIMITS = {"instant_max_usd": 10, "delay_max_usd": 100, "delay_seconds": 600}
ROWS = [{"type": "SPENDING_LIMIT", "rules": LIMITS}]
CONTEXT = {"prices": {"eip155:1/slip44:60": "2000"}}
CENT = 5 * 10**12

# Vectors that come to be judged; a file that is lost would make the test pass for nothing.
VECTORS = 425
GENERATED = int(os.environ.get("WAIAAS_GENERATED_CASES", "100000"))


def payment(cents: int) -> dict[str, Any]:
    return {"to": RECIPIENT, "amount": cents * CENT}


def test_all_vectors_are_decided_as_in_native_code_to_the_byte() -> None:
    judged = 0
    for line in expected("vectors", str(ROOT / "tests" / "vectors" / "policy")):
        # As Python's values, and as text, which must mean the same.
        as_text = {key: _json.dumps(line[key]) for key in ("policies", "context", "request")}
        for given in (line, as_text):
            policies = Policies.compile(given["policies"])
            try:
                prepared = policies.prepare(given["context"], given["request"])
            except RequestRefused as refused:
                assert (refused.canonical(), line["bytes"]) == (line["expect"].encode(), None), line["name"]
                continue
            assert prepared.to_bytes().hex() == line["bytes"], line["name"]
            decision = policies.decide(Prepared.from_bytes(prepared.to_bytes()))
            assert decision.canonical() == line["expect"].encode(), line["name"]
            assert policies.evaluate(prepared) == decision.verdict, line["name"]
            judged += 1
    assert judged == 2 * VECTORS


def test_generated_cases_are_decided_as_in_native_code_to_the_byte() -> None:
    count = 0
    for line in expected("generated", "5", str(GENERATED)):
        policies = Policies.compile(line["policies"])
        prepared = Prepared.from_bytes(bytes.fromhex(line["bytes"]))
        assert policies.decide(prepared).canonical() == line["expect"].encode(), line["name"]
        count += 1
    assert count == GENERATED


def test_a_verdict_says_everything() -> None:
    policies = Policies.compile(ROWS)
    at_once, waits, signs = (policies.evaluate(policies.prepare(CONTEXT, payment(cents))) for cents in (1, 5000, 50000))
    assert (at_once.tier, at_once.delay_seconds, bool(at_once)) == ("INSTANT", None, True)
    assert (waits.tier, waits.delay_seconds) == ("DELAY", 600)
    assert (signs.tier, signs.approval_reason) == ("APPROVAL", "per_tx")
    token = {"type": "TOKEN_TRANSFER", "to": RECIPIENT, "amount": 1, "token": {"address": RECIPIENT}}
    denied = policies.evaluate(policies.prepare(CONTEXT, token))
    assert not denied and not denied.allowed and denied.tier is None
    assert (denied.denied_by, denied.reason) == ("ALLOWED_TOKENS", "TOKEN_TRANSFER_DISABLED")
    assert denied.message and denied.message.startswith("Transaction denied by ")
    assert json.loads(denied.canonical())["denied_by"] == "ALLOWED_TOKENS"
    decision = policies.decide(policies.prepare(CONTEXT, payment(5000)))
    assert decision.usd == "50" and decision.trace[-1].rule == "SPENDING_LIMIT"


def test_an_explanation_names_the_rows() -> None:
    policies = Policies.compile(ROWS)
    explained = policies.explain(CONTEXT, payment(5000))
    assert explained and explained.to_dict()["considered"][-1]["row"]["position"] == 0
    assert "DELAY" in str(explained)
    asked = policies.explain({}, {"create_policy": {"type": "WHITELIST", "rules": {}}})
    assert not asked.allowed


@pytest.mark.parametrize(
    ("context", "request_", "kind", "word"),
    [
        ({}, {"to": RECIPIENT, "amount": 0.5}, UsageError, "request.amount is a float"),
        ({"prices": {"eip155:1/slip44:60": 2000.0}}, {}, UsageError, "context.prices.eip155:1/slip44:60 is a float"),
        ({"history": [{"usd": 1.5}]}, {}, UsageError, "context.history.0.usd is a float"),
        ({}, {"to": RECIPIENT, "amount": Decimal(1)}, UsageError, "smallest units"),
        ({}, {"to": RECIPIENT, "humanAmount": Decimal("NaN")}, UsageError, "finite"),
        ({}, {"to": {1, 2}}, UsageError, "of type set"),
        ({}, {1: "x"}, UsageError, "no text"),
        ({}, "{", UsageError, "no JSON"),
        ({"nonsense": 1}, {"to": RECIPIENT, "amount": 1}, ValidationError, "context.nonsense"),
        ({}, {"to": RECIPIENT, "amount": 1, "x": 2}, ValidationError, "request.x"),
        ({}, {"to": "0x1", "amount": 1}, RequestRefused, "EVM address"),
    ],
)
def test_documents_that_are_refused(context: Any, request_: Any, kind: type[WAIaaSError], word: str) -> None:
    with pytest.raises(kind, match=word) as error:
        Policies.compile([]).prepare(context, request_)
    assert isinstance(error.value, ValueError)
    if isinstance(error.value, ValidationError):
        assert error.value.issues and error.value.issues[0].path


def test_a_document_that_never_ends_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UsageError, match="nested deeper"):
        Policies.compile(endless)


@pytest.mark.parametrize("amount", [2**256 - 1, str(2**256 - 1)])
def test_amounts_have_256_bits(amount: int | str) -> None:
    policies = Policies.compile(ROWS)
    decision = policies.decide(policies.prepare(CONTEXT, {"to": RECIPIENT, "amount": amount}))
    assert json.loads(decision.canonical())["valuation"]["components"][0]["amount"] == str(2**256 - 1)


def test_exact_numbers_mean_the_same_in_every_spelling() -> None:
    decisions = set()
    for limit in ("0.10", Decimal("0.1")):
        for price in (2000, "2000", Decimal("2000.0")):
            policies = Policies.compile([{"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": limit}}])
            context = {"prices": {"eip155:1/slip44:60": price}}
            decisions.add(policies.decide(policies.prepare(context, payment(11))).canonical())
    assert len(decisions) == 1


def test_rules_are_validated_with_their_places() -> None:
    assert policy.validate("SPENDING_LIMIT", LIMITS) == ()
    (issue,) = policy.validate("WHITELIST", {"allowed_addresses": [5]})
    assert (issue.path, bool(issue.message)) == (("rules", "allowed_addresses", 0), True)
    with pytest.raises(ValidationError, match="no policy type"):
        policy.validate("SPENDING_LIMITS", {})


def test_time_zones_are_those_of_the_service() -> None:
    hours = {"allowed_hours": {"start": 9, "end": 17}, "timezone": "Asia/Seoul"}
    assert policy.validate("TIME_RESTRICTION", hours) == ()
    assert policy.validate("TIME_RESTRICTION", {**hours, "timezone": "Mars/Base"}) != ()
    policies = Policies.compile([{"type": "TIME_RESTRICTION", "rules": hours}, *ROWS])
    for now, allowed in (("2026-01-05T00:30:00Z", True), ("2026-01-05T08:30:00Z", False)):
        prepared = policies.prepare({**CONTEXT, "now": now}, payment(1))
        assert policies.evaluate(prepared).allowed is allowed, now


def test_differences_are_found() -> None:
    stricter = [{"type": "SPENDING_LIMIT", "rules": {**LIMITS, "instant_max_usd": 5}}]
    found = policy.diff(ROWS, stricter, CONTEXT)
    assert found.judged > 0 and len(found) > 0
    assert "stricter_tier" in {group["kind"] for group in found.to_dict()["groups"]} and "kinds of differences" in str(found)
    assert len(policy.diff(ROWS, ROWS)) == 0


def test_scenarios_and_templates_run() -> None:
    names = [template["name"] for template in policy.templates()]
    assert "personal-agent" in names
    for name in names:
        scenario = policy.template_scenario(name)
        assert policy.run(scenario).passed, name
    rows = policy.template_rows("personal-agent", {"daily_limit_usd": 50, "networks": ["base-mainnet"]})
    assert len(Policies.compile(rows)) == len(rows)
    with pytest.raises(UsageError, match="personal-agent"):
        policy.template_rows("nobody", {})
    case = {"name": "wrong", "request": payment(1), "expect": {"tier": "DELAY"}}
    report = policy.run({"policies": ROWS, "context": CONTEXT, "cases": [case]})
    assert not report and (report.total, report.failures) == (1, ["wrong"])
    with pytest.raises(ValidationError, match="cases.0.expect.teir"):
        policy.run({"policies": ROWS, "cases": [{**case, "expect": {"teir": "DELAY"}}]})


def test_prepared_requests_travel() -> None:
    policies = Policies.compile(ROWS)
    prepared = policies.prepare(CONTEXT, payment(1))
    again = pickle.loads(pickle.dumps(prepared))
    assert again == prepared and hash(again) == hash(prepared)
    assert prepared != policies.prepare(CONTEXT, payment(2))
    for garbage in (b"", b"\xff" * 40, prepared.to_bytes() + b"\x00", prepared.to_bytes()[:-1]):
        with pytest.raises(UsageError):
            Prepared.from_bytes(garbage)


@pytest.mark.parametrize("name", ["allowed", "anything"])
def test_nothing_can_be_changed(name: str) -> None:
    policies = Policies.compile(ROWS)
    verdict = policies.evaluate(policies.prepare(CONTEXT, payment(1)))
    with pytest.raises(AttributeError):
        setattr(verdict, name, True)


def test_threads_share_policies_and_agree() -> None:
    policies = Policies.compile(ROWS)
    prepared = [policies.prepare(CONTEXT, payment(cents)) for cents in range(0, 20000, 7)]
    expect = [verdict.canonical() for verdict in policies.evaluate_many(prepared)]

    def judge(_: int) -> bool:
        one_by_one = [policies.evaluate(request).canonical() for request in prepared]
        together = [verdict.canonical() for verdict in policies.evaluate_many(prepared)]
        return one_by_one == together == expect

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(judge, range(32)))


def test_other_threads_run_while_differences_are_sought() -> None:
    ticks = 0
    over = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not over.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    rows = policy.template_scenario("trading-bot")["policies"]
    before = ticks
    policy.diff(rows, [])
    during = ticks - before
    over.set()
    thread.join()
    # With the lock of the interpreter held there would be one tick at most.
    assert during > 2
