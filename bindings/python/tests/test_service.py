"""Both clients against the started service on a real chain."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
import waiaas
from conftest import World
from owner_key import OwnerKey
from service import CENT, ETHER, NETWORK, wait_for
from waiaas import SignIn, TransferRequest


def payment(to: str, cents: int) -> TransferRequest:
    return TransferRequest(to=to, amount=cents * CENT, network="ethereum-sepolia")


def test_a_payment_arrives(world: World) -> None:
    wallet, to = world.wallet(), world.stranger()
    with wallet.agent() as agent:
        assert agent.get_address().address == wallet.address
        info = agent.get_wallet_info()
        assert (info.wallet_id, NETWORK in {entry.network for entry in info.networks}) == (wallet.id, True)
        balance = agent.get_balance(network=NETWORK)
        assert (balance.balance, balance.decimals) == (str(100 * ETHER), 18)
        simulated = agent.simulate(payment(to, 500))
        assert simulated.success and simulated.policy.tier == "INSTANT"
        sent = agent.send_token(to, 500 * CENT, network=NETWORK)
        assert (sent.status, sent.tier) == ("PENDING", "INSTANT")
        done = agent.wait_for_transaction(sent.id)
        assert done.status == "CONFIRMED" and done.tx_hash
        assert world.chain.balance(to) == 500 * CENT
        human = agent.send_token(to, human_amount=Decimal("0.001"), network=NETWORK, wait=30)
        assert (human.status, human.amount) == ("CONFIRMED", str(ETHER // 1000))
        assert {entry.id for entry in agent.iter_transactions(page=1)} == {sent.id, human.id}
        assert agent.get_assets(network=NETWORK).assets[0].is_native
        assert agent.get_all_balances().balances and agent.get_all_assets().network_assets
        assert agent.get_session_status().kill_switch_state == "ACTIVE"
        assert [entry.id for entry in agent.list_wallets().items] == [wallet.id]
        assert agent.list_policies().data[0].type == "SPENDING_LIMIT"


def test_the_same_key_pays_once(world: World) -> None:
    wallet, to = world.wallet(), world.stranger()
    with wallet.agent() as agent:
        sent = {agent.send(payment(to, 100), idempotency_key="once").id for _ in range(3)}
        assert len(sent) == 1
        agent.wait_for_transaction(sent.pop())
        with pytest.raises(waiaas.TransactionError) as conflict:
            agent.send(payment(to, 101), idempotency_key="once")
        assert conflict.value.code == "IDEMPOTENCY_CONFLICT"
    assert world.chain.balance(to) == 100 * CENT


def test_a_denial_says_why(world: World) -> None:
    wallet = world.wallet()
    world.operator.create_policy("WHITELIST", {"allowed_addresses": [world.stranger()]}, wallet_id=wallet.id)
    with wallet.agent() as agent:
        with pytest.raises(waiaas.PolicyDenied) as denied:
            agent.send(payment(world.stranger(), 1))
        error = denied.value
        assert (error.policy_type, error.reason_code, error.retryable) == ("WHITELIST", "WHITELIST_DENIED", False)
        assert error.request_id and error.hint and error.status_code == 403
        assert not agent.simulate(payment(world.stranger(), 1)).policy.allowed


def test_a_request_that_makes_no_sense_lists_its_faults(world: World) -> None:
    with world.wallet().agent() as agent, pytest.raises(waiaas.ActionError) as refused:
        agent.send(TransferRequest(to=world.stranger(), amount="1e3", memo="x" * 300, network=NETWORK))
    assert {issue.path for issue in refused.value.issues} == {("amount",), ("memo",)}


def test_what_waits_can_be_withdrawn(world: World) -> None:
    wallet = world.wallet()
    with wallet.agent() as agent:
        waiting = agent.send(payment(world.stranger(), 50_000))
        assert (waiting.status, waiting.tier) == ("QUEUED", "DELAY") and waiting.execute_at
        assert [entry.id for entry in agent.list_pending_transactions().items] == [waiting.id]
        assert agent.cancel_transaction(waiting.id).status == "CANCELLED"
        with pytest.raises(waiaas.TransactionError):
            agent.cancel_transaction(waiting.id)
        second = agent.send(payment(world.stranger(), 50_000))
    assert world.operator.cancel_transaction_as_admin(second.id).status == "CANCELLED"


def test_an_owner_decides(world: World) -> None:
    wallet, owner, to = world.wallet(), OwnerKey(0x46), world.stranger()
    operator = world.operator
    assert operator.set_owner(wallet.id, owner.address, approval_method="rest").approval_method == "rest"
    assert operator.set_owner(wallet.id, owner.address, approval_method="any").approval_method is None
    verified = operator.verify_owner(wallet.id, owner.proof(operator, SignIn.verify(wallet.id)))
    assert verified.owner_verified
    with wallet.agent() as agent:
        asked = [agent.send(payment(to, 200_000)).id for _ in range(2)]
        proof = owner.proof(operator, SignIn.approve(asked[0]))
        assert operator.approve_transaction(asked[0], proof).status == "EXECUTING"
        with pytest.raises(waiaas.Refusal):
            operator.approve_transaction(asked[0], proof)
        with pytest.raises(waiaas.AuthError):
            operator.approve_transaction(asked[1], proof)
        assert operator.reject_transaction(asked[1], owner.proof(operator, SignIn.reject(asked[1]))).status == "CANCELLED"
        assert agent.wait_for_transaction(asked[0]).status == "CONFIRMED"
    assert world.chain.balance(to) == 200_000 * CENT


def test_policies_are_kept(world: World) -> None:
    wallet, operator = world.wallet(), world.operator
    made = operator.create_policy("ALLOWED_NETWORKS", {"networks": [{"network": NETWORK}]}, wallet_id=wallet.id)
    assert operator.get_policy(made.id) == made
    assert operator.update_policy(made.id, priority=7).priority == 7
    assert made.id in {entry.id for entry in operator.list_policies(wallet_id=wallet.id).data}
    operator.delete_policy(made.id)
    with pytest.raises(waiaas.PolicyError) as gone:
        operator.get_policy(made.id)
    assert gone.value.code == "POLICY_NOT_FOUND" and not isinstance(gone.value, waiaas.PolicyDenied)
    with pytest.raises(waiaas.ActionError) as faults:
        operator.create_policy("WHITELIST", {"allowed_addresses": 5})
    assert faults.value.issues


def test_policies_answer_questions(world: World) -> None:
    wallet, operator = world.wallet(), world.operator
    request = payment(world.stranger(), 500)
    explained = operator.explain_policies(wallet.id, request)
    assert explained.verdict.tier == "INSTANT" and explained.considered
    strict = [{"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": 1}}]
    assert operator.explain_policies(wallet.id, request, policies=strict).verdict.tier != "INSTANT"
    with wallet.agent() as agent:
        sent = agent.send(request, wait=30)
    replayed = operator.replay_policies(0, wallet_id=wallet.id, policies=strict, limit=5)
    assert [entry.id for entry in replayed.other_tier.items] == [sent.id]


def test_sessions_begin_and_end(world: World) -> None:
    wallet, operator = world.wallet(), world.operator
    made = operator.create_session(wallet_id=wallet.id, ttl=3600, max_renewals=3)
    assert {entry.id for entry in operator.list_sessions(wallet_id=wallet.id).data} == {made.id, wallet.session_id}
    rotated = operator.rotate_session(made.id)
    with waiaas.WAIaaSClient(world.url, made.token) as old, waiaas.WAIaaSClient(world.url, rotated.token) as new:
        with pytest.raises(waiaas.WAIaaSError) as stale:
            old.get_address()
        assert isinstance(stale.value, (waiaas.AuthError, waiaas.SessionError))
        assert new.get_address().address == wallet.address
        with pytest.raises(waiaas.SessionError) as early:
            waiaas.WAIaaSClient(world.url, rotated.token, retry_policy=waiaas.RetryPolicy.never()).renew_session(made.id)
        assert early.value.code == "RENEWAL_TOO_EARLY" and early.value.retryable
        operator.revoke_session(made.id)
        operator.revoke_session(made.id)
        with pytest.raises(waiaas.WAIaaSError):
            new.get_address()
    assert operator.revoke_sessions_of_wallet(wallet.id)


def test_wallets_live_and_end(world: World) -> None:
    wallet, operator = world.wallet(), world.operator
    assert operator.rename_wallet(wallet.id, "renamed").name == "renamed"
    assert operator.suspend_wallet(wallet.id).status == "SUSPENDED"
    with wallet.agent() as agent, pytest.raises(waiaas.WAIaaSError) as suspended:
        agent.send(payment(world.stranger(), 1))
    assert suspended.value.code == "WALLET_SUSPENDED"
    assert operator.resume_wallet(wallet.id).status == "ACTIVE"
    assert operator.get_wallet_networks(wallet.id).available_networks
    assert operator.terminate_wallet(wallet.id).status == "TERMINATED"
    assert operator.get_wallet(wallet.id).status == "TERMINATED"
    assert wallet.id in {entry.id for entry in operator.list_wallets().items}


def test_the_kill_switch_stops_everything(fresh_world: World) -> None:
    wallet, operator = fresh_world.wallet(), fresh_world.operator
    assert operator.get_kill_switch().state == "ACTIVE"
    assert operator.activate_kill_switch().state == "SUSPENDED"
    with wallet.agent() as agent, pytest.raises(waiaas.AuthError) as locked:
        agent.send(payment(fresh_world.stranger(), 1))
    assert locked.value.code == "SYSTEM_LOCKED"
    assert operator.escalate_kill_switch().state == "LOCKED"
    assert operator.recover(resume_wallets=True).state == "ACTIVE"
    assert operator.get_status().kill_switch_state == "ACTIVE"


def test_the_service_stops_when_asked(fresh_world: World) -> None:
    with waiaas.WAIaaSClient(fresh_world.url, retry_policy=waiaas.RetryPolicy.never()) as anyone:
        assert anyone.health().status == "ok"
        with pytest.raises(waiaas.UsageError):
            anyone.shutdown()
        fresh_world.operator.shutdown()

        def gone() -> bool:
            try:
                anyone.health()
            except (waiaas.Unreachable, waiaas.AnswerLost):
                return True
            return False

        wait_for(gone, "the end of the service")


def test_a_wrong_password_is_an_authentication_error(world: World) -> None:
    with waiaas.WAIaaSClient(world.url, master_password="wrong") as stranger, pytest.raises(waiaas.AuthError):
        stranger.get_status()


def test_many_tasks_pay_at_once(world: World) -> None:
    wallet = world.wallet({"instant_max_usd": 1_000_000})
    accounts = [world.stranger() for _ in range(20)]

    async def pay_all() -> None:
        async with wallet.async_agent() as agent:

            async def pay(to: str) -> None:
                sent = await agent.send(payment(to, 100))
                assert (await agent.wait_for_transaction(sent.id)).status == "CONFIRMED"

            await asyncio.gather(*(pay(to) for to in accounts))
            assert len([entry async for entry in agent.iter_transactions(page=7)]) == 20

    asyncio.run(pay_all())
    assert [world.chain.balance(to) for to in accounts] == [100 * CENT] * 20
