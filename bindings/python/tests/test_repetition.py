"""What is repeated, and what is not. Every case runs with the blocking and with the asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import waiaas
from script import LOST, answer, refused, scripted, unused_address
from waiaas import AsyncWAIaaSClient, RetryPolicy, TransferRequest, WAIaaSClient

ID = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"
SENT = answer(201, {"id": ID, "status": "PENDING"})
PAYMENT = TransferRequest(to="0x1", amount=5)
QUICK = RetryPolicy(max_retries=2, base_delay=0.001, max_delay=0.05)
HTML = answer(502, "<html>bad gateway</html>")

Use = Callable[[Any], Any]
Runner = Callable[[str, Use], Any]


def blocking(url: str, use: Use) -> Any:
    with WAIaaSClient(url, "wai_sess_x", master_password="pw", retry_policy=QUICK, timeout=2) as client:
        return use(client)


def asynchronous(url: str, use: Use) -> Any:
    async def run() -> Any:
        async with AsyncWAIaaSClient(
            url, "wai_sess_x", master_password="pw", retry_policy=QUICK, timeout=2
        ) as client:
            pending: Awaitable[Any] = use(client)
            return await pending

    return asyncio.run(run())


either = pytest.mark.parametrize("run", [blocking, asynchronous])


def pay(client: Any) -> Any:
    return client.send(PAYMENT)


@either
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(LOST, id="the answer is lost"),
        pytest.param(HTML, id="a proxy speaks of itself"),
        pytest.param(
            refused(409, "IDEMPOTENCY_CONFLICT", "SYSTEM", Retry_After="0"), id="the first call is still worked on"
        ),
        pytest.param(refused(429, "RATE_LIMITED", "SYSTEM", retryable=True, Retry_After="0"), id="too many requests"),
        pytest.param(refused(502, "CHAIN_ERROR", "TX", retryable=True), id="the chain was not there"),
    ],
)
def test_a_payment_is_asked_for_again_with_the_same_key(run: Runner, first: bytes | None) -> None:
    with scripted(first, SENT) as server:
        assert run(server.url, pay).id == ID
        keys = server.keys()
        assert len(keys) == 2 and keys[0] == keys[1] and keys[0]
        assert server.asked[0].body == server.asked[1].body == {
            "to": "0x1",
            "amount": "5",
            "dryRun": False,
            "type": "TRANSFER",
        }


@either
@pytest.mark.parametrize(
    ("only", "error"),
    [
        (refused(409, "IDEMPOTENCY_CONFLICT", "SYSTEM"), waiaas.ServerError),
        (refused(429, "RATE_LIMITED", "SYSTEM", retryable=True, Retry_After="60"), waiaas.ServerError),
        (refused(403, "POLICY_DENIED", "POLICY"), waiaas.PolicyDenied),
        (refused(400, "INSUFFICIENT_BALANCE", "TX"), waiaas.TransactionError),
        (refused(500, "INTERNAL_ERROR", "SYSTEM"), waiaas.ServerError),
        (answer(500, "<html>"), waiaas.ForeignAnswer),
        (answer(201, {"id": ID}), waiaas.ForeignAnswer),
        (answer(200, "no JSON"), waiaas.ForeignAnswer),
        (answer(302, "", Location="http://127.0.0.1:1/"), waiaas.ForeignAnswer),
    ],
)
def test_a_payment_is_not_repeated_after(run: Runner, only: bytes, error: type[Exception]) -> None:
    with scripted(only, SENT) as server:
        with pytest.raises(error):
            run(server.url, pay)
        assert len(server.asked) == 1


@either
def test_every_payment_has_a_key_of_its_own_and_the_callers_key_is_used(run: Runner) -> None:
    with scripted(SENT, SENT, SENT, SENT) as server:
        run(server.url, pay)
        run(server.url, pay)
        run(server.url, lambda client: client.send(PAYMENT, idempotency_key="mine"))
        with pytest.raises(waiaas.UsageError):
            run(server.url, lambda client: client.send(PAYMENT, idempotency_key="no spaces please"))
        run(server.url, lambda client: client.send(TransferRequest(to="0x1", amount=5, idempotency_key="inside")))
        first, second, third, fourth = server.keys()
        assert first != second and (third, fourth) == ("mine", "inside")
        assert "idempotencyKey" not in server.asked[3].body


@either
def test_the_key_of_a_lost_payment_is_told(run: Runner) -> None:
    with scripted(LOST, LOST, LOST, SENT) as server:
        with pytest.raises(waiaas.AnswerLost) as lost:
            run(server.url, pay)
        assert lost.value.idempotency_key is not None
        assert server.keys() == [lost.value.idempotency_key] * 3
        assert run(server.url, lambda client: client.send(PAYMENT, idempotency_key=lost.value.idempotency_key)).id == ID


RENEWED = answer(200, {"id": ID, "token": "new", "expiresAt": 1, "renewalCount": 1})


@either
@pytest.mark.parametrize(
    "use",
    [
        lambda client: client.renew_session(ID),
        lambda client: client.rotate_session(ID),
        lambda client: client.cancel_transaction(ID),
        lambda client: client.delete_policy(ID),
        lambda client: client.terminate_wallet(ID),
        lambda client: client.activate_kill_switch(),
        lambda client: client.approve_transaction(ID, waiaas.OwnerProof("m", "0x")),
    ],
)
@pytest.mark.parametrize(("first", "error"), [(LOST, waiaas.AnswerLost), (HTML, waiaas.ForeignAnswer)])
def test_what_must_not_be_done_twice_is_not(
    run: Runner, use: Use, first: bytes | None, error: type[Exception]
) -> None:
    with scripted(first, RENEWED) as server:
        with pytest.raises(error):
            run(server.url, use)
        assert len(server.asked) == 1


@either
def test_what_was_certainly_not_done_is_repeated(run: Runner) -> None:
    with scripted(refused(429, "RATE_LIMITED", "SYSTEM", retryable=True), RENEWED) as server:

        def renew(client: Any) -> Any:
            return client.renew_session(ID)

        assert run(server.url, renew).token == "new"
        assert len(server.asked) == 2


@either
def test_creations_carry_a_key(run: Runner) -> None:
    with scripted(LOST, answer(201, {"id": ID, "token": "t", "expiresAt": 0, "walletId": ID, "wallets": []})) as server:
        made = run(server.url, lambda client: client.create_session(wallet_id=ID))
        assert made.token == "t" and "token" not in repr(made)
        assert server.keys()[0] and server.keys()[0] == server.keys()[1]


@either
def test_reads_are_repeated_until_the_policy_ends(run: Runner) -> None:
    with scripted(LOST, HTML, LOST, LOST) as server:
        with pytest.raises(waiaas.AnswerLost):
            run(server.url, lambda client: client.health())
        assert len(server.asked) == 3


@either
def test_nobody_there_is_told_apart(run: Runner) -> None:
    with pytest.raises(waiaas.Unreachable) as unreachable:
        run(unused_address(), pay)
    assert unreachable.value.retryable


@either
def test_silence_is_a_lost_answer(run: Runner) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"

        def use(client: Any) -> Any:
            client._timeout = 0.1
            return client.cancel_transaction(ID)

        with pytest.raises(waiaas.AnswerLost):
            run(url, use)


def test_a_cancelled_task_sends_nothing_more() -> None:
    async def run() -> int:
        with scripted(*[refused(429, "RATE_LIMITED", "SYSTEM", retryable=True, Retry_After="5")] * 3) as server:
            patient = RetryPolicy(max_retries=5, max_delay=60)
            async with AsyncWAIaaSClient(server.url, "t", retry_policy=patient) as client:
                task = asyncio.create_task(client.send(PAYMENT))
                while not server.asked:
                    await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            return len(server.asked)

    assert asyncio.run(run()) == 1


def test_pauses_double_up_to_the_longest_and_end() -> None:
    policy = RetryPolicy(max_retries=8, base_delay=0.1, max_delay=1)
    assert [policy.pause(failed, None, 1.0) for failed in range(1, 10)] == pytest.approx(
        [0.1, 0.2, 0.4, 0.8, 1, 1, 1, 1, None]
    )
    assert policy.pause(1, None, 0) == pytest.approx(0.05)
    assert policy.pause(1, 0.7, 0) == 0.7
    assert policy.pause(1, 2, 0) is None
    assert RetryPolicy.never().pause(1, 0, 0) is None
