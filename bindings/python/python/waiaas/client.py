"""The blocking client. Made from `aio.py` by `tools/generate.py`."""

from __future__ import annotations

import time
import random
from collections.abc import Iterator, Callable, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, TypeVar

import httpx

from . import models
from ._call import Authority, Call, Repeat, checked_base, credentials, fresh_key, header_bytes, segment
from .errors import AnswerLost, Refusal, Unreachable, WAIaaSError
from .models import (
    ApprovalMethod,
    Chain,
    Environment,
    Network,
    PolicyType,
    TokenReference,
    TransactionRequest,
    TxType,
    WalletType,
)
from .owner import OwnerProof
from .requests import WalletInfo, transaction
from .retry import RetryPolicy

__all__ = ["WAIaaSClient"]

_T = TypeVar("_T")
# The longest time that the server waits for a final status, in seconds.
_LONGEST_WAIT = 60
_FINAL = ("CONFIRMED", "FAILED", "CANCELLED", "EXPIRED", "PARTIAL_FAILURE", "SIGNED")
# How long a connection may take to come about, in seconds.
_CONNECT = 5.0


class WAIaaSClient:
    """A client of one server.

    `session_token` is what an agent has, `master_password` what an operator has; with both, calls that accept either use
    the password, which sees more. `timeout` is how long the server may be silent during one attempt, in seconds. Amounts
    are texts or integers, never floats: digits are smallest units (wei), `human_amount` counts whole ones.

    A call that was not answered is made again only where that is safe; see `RetryPolicy`. Every payment carries an
    idempotency key, so that asking twice pays once.
    """

    def __init__(
        self,
        base_url: str = "http://localhost:3100",
        session_token: str | None = None,
        *,
        master_password: str | None = None,
        retry_policy: RetryPolicy | None = None,
        timeout: float = 30.0,
        http_client: httpx.Client | None = None,
    ) -> None:
        self._base = checked_base(base_url)
        self._session = session_token
        self._master = master_password
        self._retry = retry_policy or RetryPolicy()
        self._timeout = timeout
        self._owns_http = http_client is None
        # A redirect would carry the secrets to an address that nobody named; a proxy from the environment would see them
        # in the clear.
        self._http = http_client or httpx.Client(
            follow_redirects=False, trust_env=self._base.startswith("https://")
        )

    def __enter__(self) -> WAIaaSClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections, unless they are the caller's."""
        if self._owns_http:
            self._http.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base!r})"

    @property
    def base_url(self) -> str:
        """The address of the server."""
        return self._base

    @property
    def session_token(self) -> str | None:
        """The token of the session."""
        return self._session

    def set_session_token(self, token: str) -> None:
        """Uses another token from now on."""
        self._session = token

    def clear_session_token(self) -> None:
        """Forgets the token."""
        self._session = None

    # The wallet of a session

    def get_address(self, *, wallet_id: str | None = None) -> models.WalletAddressResponse:
        """The address of the session's wallet; `wallet_id` is needed when the session has several."""
        query = {"walletId": wallet_id}
        return self._get("/v1/wallet/address", Authority.SESSION, models.WalletAddressResponse.from_json, query)

    def get_balance(
        self, *, network: Network | None = None, wallet_id: str | None = None
    ) -> models.WalletBalanceResponse:
        """The balance of the native coin on one network; `network` is needed where the wallet has several."""
        query = {"walletId": wallet_id, "network": network}
        return self._get("/v1/wallet/balance", Authority.SESSION, models.WalletBalanceResponse.from_json, query)

    def get_all_balances(self, *, wallet_id: str | None = None) -> models.WalletBalanceAllResponse:
        """The balances on all networks of the wallet; what cannot be reached is named."""
        query = {"walletId": wallet_id, "network": "all"}
        read = models.WalletBalanceAllResponse.from_json
        return self._get("/v1/wallet/balance", Authority.SESSION, read, query)

    def get_assets(
        self, *, network: Network | None = None, wallet_id: str | None = None
    ) -> models.WalletAssetsResponse:
        """Native coin and tokens on one network."""
        query = {"walletId": wallet_id, "network": network}
        return self._get("/v1/wallet/assets", Authority.SESSION, models.WalletAssetsResponse.from_json, query)

    def get_all_assets(self, *, wallet_id: str | None = None) -> models.WalletAssetsAllResponse:
        """The same on all networks of the wallet."""
        query = {"walletId": wallet_id, "network": "all"}
        return self._get("/v1/wallet/assets", Authority.SESSION, models.WalletAssetsAllResponse.from_json, query)

    def get_wallet_info(self, *, wallet_id: str | None = None) -> WalletInfo:
        """The address of the session's wallet, and its networks."""
        address = self.get_address(wallet_id=wallet_id)
        networks = self.get_wallet_networks(address.wallet_id)
        return WalletInfo(
            wallet_id=address.wallet_id,
            chain=address.chain,
            environment=address.environment,
            address=address.address,
            networks=networks.available_networks,
        )

    # Transactions

    def send(
        self, request: TransactionRequest, *, idempotency_key: str | None = None, wait: int = 0
    ) -> models.TxSendResponse:
        """Sends a transaction. The answer comes when the policies have decided: PENDING is being executed, QUEUED waits.
        With `wait` the server gives it this many seconds (at most 60) to become final first.

        Without a key of the caller's every call makes its own, which its own repetitions carry too. Raises `PolicyDenied`
        when a policy denies.
        """
        body = request.to_json()
        key = idempotency_key or body.pop("idempotencyKey", None)
        body.pop("idempotencyKey", None)
        body["dryRun"] = False
        return self._answer(
            Call(
                "POST",
                "/v1/transactions/send",
                Authority.SESSION,
                Repeat.KEYED,
                models.TxSendResponse.from_json,
                query={"wait": wait or None},
                body=body,
                key=fresh_key(key),
                waiting=wait,
            )
        )

    def send_token(
        self,
        to: str | None = None,
        amount: str | int | None = None,
        *,
        human_amount: str | int | Decimal | None = None,
        memo: str | None = None,
        type: TxType = "TRANSFER",
        token: str | Mapping[str, Any] | TokenReference | None = None,
        spender: str | None = None,
        calldata: str | None = None,
        value: str | int | None = None,
        abi: Sequence[Mapping[str, Any]] | None = None,
        network: Network | None = None,
        wallet_id: str | None = None,
        idempotency_key: str | None = None,
        wait: int = 0,
    ) -> models.TxSendResponse:
        """Sends a transaction that is put together from keywords: native coin without `type`, else what `type` says.

        `token` is a contract, a CAIP-19 id, or an object with `address` or `assetId`. See `send`.
        """
        request = transaction(
            type,
            to=to,
            amount=amount,
            human_amount=human_amount,
            memo=memo,
            token=token,
            spender=spender,
            calldata=calldata,
            value=value,
            abi=abi,
            network=network,
            wallet_id=wallet_id,
        )
        return self.send(request, idempotency_key=idempotency_key, wait=wait)

    def simulate(self, request: TransactionRequest) -> models.DryRunSimulationResult:
        """What a send would do right now. Nothing is stored or sent; a denial is no error here but part of the answer."""
        body = request.to_json()
        body.pop("idempotencyKey", None)
        body["dryRun"] = False
        read = models.DryRunSimulationResult.from_json
        return self._answer(
            Call("POST", "/v1/transactions/simulate", Authority.SESSION, Repeat.FREELY, read, body=body)
        )

    def get_transaction(self, transaction_id: str, *, wait: int = 0) -> models.TxDetailResponse:
        """One transaction. With `wait` the server gives it this many seconds (at most 60) to become final first."""
        path = f"/v1/transactions/{segment(transaction_id, 'transaction_id')}"
        return self._answer(
            Call(
                "GET",
                path,
                Authority.SESSION_OR_MASTER,
                Repeat.FREELY,
                models.TxDetailResponse.from_json,
                query={"wait": wait or None},
                waiting=wait,
            )
        )

    def wait_for_transaction(self, transaction_id: str, *, timeout: int = 120) -> models.TxDetailResponse:
        """One transaction, once its status is final or when `timeout` seconds are over; look at `status`."""
        left = timeout
        while True:
            wait = min(left, _LONGEST_WAIT)
            found = self.get_transaction(transaction_id, wait=wait)
            left -= wait
            if found.status in _FINAL or left <= 0:
                return found

    def list_transactions(
        self, *, wallet_id: str | None = None, limit: int | None = 20, cursor: str | None = None
    ) -> models.TxListResponse:
        """Transactions of a wallet, newest first, from the `cursor` of the page before."""
        query = {"walletId": wallet_id, "limit": limit, "cursor": cursor}
        return self._get("/v1/transactions", Authority.SESSION, models.TxListResponse.from_json, query)

    def iter_transactions(
        self, *, wallet_id: str | None = None, page: int = 100
    ) -> Iterator[models.TxDetailResponse]:
        """All transactions of a wallet, newest first, page by page."""
        cursor: str | None = None
        while True:
            found = self.list_transactions(wallet_id=wallet_id, limit=page, cursor=cursor)
            for entry in found.items:
                yield entry
            cursor = found.cursor
            if not found.has_more or cursor is None:
                return

    def list_pending_transactions(self, *, wallet_id: str | None = None) -> models.TxPendingListResponse:
        """Transactions that are neither final nor executing."""
        query = {"walletId": wallet_id}
        read = models.TxPendingListResponse.from_json
        return self._get("/v1/transactions/pending", Authority.SESSION, read, query)

    def cancel_transaction(self, transaction_id: str) -> models.TxCancelResponse:
        """Withdraws a transaction that waits."""
        path = f"/v1/transactions/{segment(transaction_id, 'transaction_id')}/cancel"
        return self._post(path, Authority.SESSION_OR_MASTER, models.TxCancelResponse.from_json)

    def cancel_transaction_as_admin(self, transaction_id: str) -> models.TxCancelResponse:
        """An operator cancels a transaction that waits, of whatever wallet."""
        path = f"/v1/admin/transactions/{segment(transaction_id, 'transaction_id')}/cancel"
        return self._post(path, Authority.MASTER, models.TxCancelResponse.from_json)

    def approve_transaction(self, transaction_id: str, proof: OwnerProof) -> models.TxApproveResponse:
        """The owner lets a transaction proceed; the proof says `SignIn.approve`."""
        path = f"/v1/transactions/{segment(transaction_id, 'transaction_id')}/approve"
        return self._post(path, Authority.OWNER, models.TxApproveResponse.from_json, proof=proof)

    def reject_transaction(self, transaction_id: str, proof: OwnerProof) -> models.TxRejectResponse:
        """The owner refuses a transaction; the proof says `SignIn.reject`."""
        path = f"/v1/transactions/{segment(transaction_id, 'transaction_id')}/reject"
        return self._post(path, Authority.OWNER, models.TxRejectResponse.from_json, proof=proof)

    # Sessions

    def create_session(
        self,
        *,
        wallet_id: str | None = None,
        wallet_ids: Sequence[str] | None = None,
        ttl: int | None = None,
        max_renewals: int = 0,
        absolute_lifetime: int = 0,
        constraints: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> models.SessionCreateResponse:
        """Creates a session; times are in seconds, 0 is without end. Its token is shown this once."""
        request = models.CreateSessionRequest(
            wallet_id=wallet_id,
            wallet_ids=None if wallet_ids is None else tuple(wallet_ids),
            ttl=ttl,
            max_renewals=max_renewals,
            absolute_lifetime=absolute_lifetime,
            constraints=constraints,
        )
        read = models.SessionCreateResponse.from_json
        return self._create("/v1/sessions", read, request.to_json(), idempotency_key)

    def list_sessions(
        self, *, wallet_id: str | None = None, limit: int = 200, offset: int = 0
    ) -> models.PaginatedSessionList:
        """Sessions, of one wallet or of all."""
        query = {"walletId": wallet_id, "limit": limit, "offset": offset}
        read = models.PaginatedSessionList.from_json
        return self._get("/v1/sessions", Authority.SESSION_OR_MASTER, read, query)

    def renew_session(self, session_id: str) -> models.SessionRenewResponse:
        """Prolongs the caller's session and uses the new token from now on. The old one is worthless at once, so a lost
        answer is never followed by another attempt.
        """
        path = f"/v1/sessions/{segment(session_id, 'session_id')}/renew"
        read = models.SessionRenewResponse.from_json
        renewed = self._answer(Call("PUT", path, Authority.SESSION, Repeat.NOT, read))
        self._session = renewed.token
        return renewed

    def rotate_session(self, session_id: str) -> models.SessionRotateResponse:
        """Gives a session a new token. The old one is worthless at once."""
        path = f"/v1/sessions/{segment(session_id, 'session_id')}/rotate"
        return self._post(path, Authority.MASTER, models.SessionRotateResponse.from_json)

    def revoke_session(self, session_id: str) -> models.SessionRevokeResponse:
        """Ends a session: its token is refused from the next request on."""
        path = f"/v1/sessions/{segment(session_id, 'session_id')}"
        # A session that is revoked already says so and stays revoked.
        read = models.SessionRevokeResponse.from_json
        return self._answer(Call("DELETE", path, Authority.MASTER, Repeat.FREELY, read))

    def revoke_sessions_of_wallet(self, wallet_id: str) -> models.SessionRevokeByWalletResponse:
        """Ends all sessions of a wallet."""
        path = f"/v1/sessions/wallet/{segment(wallet_id, 'wallet_id')}"
        read = models.SessionRevokeByWalletResponse.from_json
        return self._answer(Call("DELETE", path, Authority.MASTER, Repeat.NOT, read))

    # Policies

    def create_policy(
        self,
        type: PolicyType,
        rules: Mapping[str, Any],
        *,
        wallet_id: str | None = None,
        network: Network | None = None,
        priority: int = 0,
        enabled: bool = True,
        ceiling: bool = False,
        idempotency_key: str | None = None,
    ) -> models.PolicyResponse:
        """Creates a policy. Numbers with a fraction in `rules` are `Decimal`."""
        request = models.CreatePolicyRequest(
            type=type,
            rules=rules,
            wallet_id=wallet_id,
            network=network,
            priority=priority,
            enabled=enabled,
            ceiling=ceiling,
        )
        read = models.PolicyResponse.from_json
        return self._create("/v1/policies", read, request.to_json(), idempotency_key)

    def list_policies(
        self, *, wallet_id: str | None = None, limit: int = 200, offset: int = 0
    ) -> models.PaginatedPolicyList:
        """Policies of a wallet and global ones; without a wallet all that the caller may see."""
        query = {"walletId": wallet_id, "limit": limit, "offset": offset}
        read = models.PaginatedPolicyList.from_json
        return self._get("/v1/policies", Authority.SESSION_OR_MASTER, read, query)

    def get_policy(self, policy_id: str) -> models.PolicyResponse:
        """One policy."""
        path = f"/v1/policies/{segment(policy_id, 'policy_id')}"
        return self._get(path, Authority.MASTER, models.PolicyResponse.from_json)

    def update_policy(
        self,
        policy_id: str,
        *,
        rules: Mapping[str, Any] | None = None,
        priority: int | None = None,
        enabled: bool | None = None,
        ceiling: bool | None = None,
    ) -> models.PolicyResponse:
        """Changes a policy; what is `None` stays. Rules are replaced as a whole."""
        request = models.UpdatePolicyRequest(rules=rules, priority=priority, enabled=enabled, ceiling=ceiling)
        path = f"/v1/policies/{segment(policy_id, 'policy_id')}"
        return self._put(path, models.PolicyResponse.from_json, request.to_json())

    def delete_policy(self, policy_id: str) -> models.PolicyDeleteResponse:
        """Removes a policy."""
        path = f"/v1/policies/{segment(policy_id, 'policy_id')}"
        read = models.PolicyDeleteResponse.from_json
        return self._answer(Call("DELETE", path, Authority.MASTER, Repeat.NOT, read))

    def explain_policies(
        self,
        wallet_id: str,
        request: TransactionRequest,
        *,
        policies: Sequence[Mapping[str, Any]] | None = None,
    ) -> models.PolicyExplanation:
        """Why a request of a wallet would be decided as it is, with every rule that was considered. `policies` judge in
        place of the stored ones, written as bodies of `create_policy` or as a listing has them. Nothing is changed.
        """
        body: dict[str, Any] = {"walletId": wallet_id, "request": request.to_json()}
        if policies is not None:
            body["policies"] = list(policies)
        read = models.PolicyExplanation.from_json
        call = Call("POST", "/v1/policies/explain", Authority.MASTER, Repeat.FREELY, read, body=body)
        return self._answer(call)

    def replay_policies(
        self,
        since: int,
        *,
        wallet_id: str | None = None,
        policies: Sequence[Mapping[str, Any]] | None = None,
        limit: int | None = None,
    ) -> models.PolicyReplay:
        """How the transactions since an instant (unix seconds) would have been judged, by the stored policies or by
        others; `limit` is how many of each kind are listed. Nothing is changed.
        """
        body: dict[str, Any] = {"since": since}
        if wallet_id is not None:
            body["walletId"] = wallet_id
        if policies is not None:
            body["policies"] = list(policies)
        if limit is not None:
            body["limit"] = limit
        read = models.PolicyReplay.from_json
        return self._answer(
            Call("POST", "/v1/policies/replay", Authority.MASTER, Repeat.FREELY, read, body=body)
        )

    # Wallets

    def create_wallet(
        self,
        name: str,
        *,
        chain: Chain = "solana",
        environment: Environment = "testnet",
        create_session: bool = True,
        idempotency_key: str | None = None,
    ) -> models.WalletCreateResponse:
        """Creates a wallet and its key, and unless told not to a session for it, whose token is shown this once."""
        request = models.CreateWalletRequest(
            name=name, chain=chain, environment=environment, create_session=create_session
        )
        read = models.WalletCreateResponse.from_json
        return self._create("/v1/wallets", read, request.to_json(), idempotency_key)

    def list_wallets(self) -> models.WalletListResponse:
        """All wallets that the caller may see, terminated ones included."""
        return self._get("/v1/wallets", Authority.SESSION_OR_MASTER, models.WalletListResponse.from_json)

    def get_wallet(self, wallet_id: str) -> models.WalletDetailResponse:
        """One wallet."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}"
        return self._get(path, Authority.SESSION_OR_MASTER, models.WalletDetailResponse.from_json)

    def get_wallet_networks(self, wallet_id: str) -> models.WalletNetworksResponse:
        """Networks that a wallet can be used on."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}/networks"
        return self._get(path, Authority.SESSION_OR_MASTER, models.WalletNetworksResponse.from_json)

    def rename_wallet(self, wallet_id: str, name: str) -> models.WalletCrudResponse:
        """Renames a wallet."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}"
        body = models.UpdateWalletRequest(name=name).to_json()
        return self._put(path, models.WalletCrudResponse.from_json, body)

    def suspend_wallet(self, wallet_id: str, *, reason: str = "MANUAL") -> models.WalletSuspendResponse:
        """Stops a wallet: nothing of it is signed until it is resumed."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}/suspend"
        body = models.WalletSuspendRequest(reason=reason).to_json()
        return self._post(path, Authority.MASTER, models.WalletSuspendResponse.from_json, body=body)

    def resume_wallet(self, wallet_id: str) -> models.WalletResumeResponse:
        """Starts a suspended wallet again."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}/resume"
        return self._post(path, Authority.MASTER, models.WalletResumeResponse.from_json)

    def terminate_wallet(self, wallet_id: str) -> models.WalletDeleteResponse:
        """Ends a wallet for good."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}"
        read = models.WalletDeleteResponse.from_json
        return self._answer(Call("DELETE", path, Authority.MASTER, Repeat.NOT, read))

    def set_owner(
        self,
        wallet_id: str,
        owner_address: str,
        *,
        approval_method: ApprovalMethod | Literal["any"] | None = None,
        wallet_type: WalletType | None = None,
    ) -> models.WalletOwnerResponse:
        """Registers the owner's address, as long as no owner has signed for the wallet. How the owner is asked stays as it
        is without `approval_method`; `any` lifts an earlier choice.
        """
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}/owner"
        chosen = None if approval_method == "any" else approval_method
        body = models.SetOwnerRequest(
            owner_address=owner_address, approval_method=chosen, wallet_type=wallet_type
        ).to_json()
        if approval_method == "any":
            body["approval_method"] = None
        return self._put(path, models.WalletOwnerResponse.from_json, body)

    def verify_owner(self, wallet_id: str, proof: OwnerProof) -> models.OwnerVerifyResponse:
        """The owner proves to have its key; the proof says `SignIn.verify`."""
        path = f"/v1/wallets/{segment(wallet_id, 'wallet_id')}/owner/verify"
        return self._post(path, Authority.OWNER, models.OwnerVerifyResponse.from_json, proof=proof)

    # The kill switch

    def get_kill_switch(self) -> models.KillSwitchResponse:
        """Its state."""
        return self._get("/v1/admin/kill-switch", Authority.NOBODY, models.KillSwitchResponse.from_json)

    def activate_kill_switch(self) -> models.KillSwitchActivateResponse:
        """Stops everything: sessions are revoked, what is not signed is cancelled, wallets are suspended."""
        read = models.KillSwitchActivateResponse.from_json
        return self._post("/v1/admin/kill-switch", Authority.MASTER, read)

    def activate_kill_switch_as_owner(self, proof: OwnerProof) -> models.KillSwitchActivateResponse:
        """The same by an owner; the proof says `SignIn.KILL_SWITCH`."""
        read = models.KillSwitchActivateResponse.from_json
        return self._post("/v1/owner/kill-switch", Authority.OWNER, read, proof=proof)

    def escalate_kill_switch(self) -> models.KillSwitchEscalateResponse:
        """From SUSPENDED to LOCKED, which only a verified owner can undo, if there is one."""
        read = models.KillSwitchEscalateResponse.from_json
        return self._post("/v1/admin/kill-switch/escalate", Authority.MASTER, read)

    def recover(
        self, *, resume_wallets: bool = False, proof: OwnerProof | None = None, chain: Chain | None = None
    ) -> models.RecoverResponse:
        """Back to normal operation. A locked service with a verified owner wants that owner's proof."""
        request = models.KillSwitchRecoverRequest(
            resume_wallets=resume_wallets,
            chain=chain,
            message=None if proof is None else proof.message,
            owner_signature=None if proof is None else proof.signature,
            owner_address=None if proof is None else proof.address,
        )
        read = models.RecoverResponse.from_json
        return self._post("/v1/admin/recover", Authority.MASTER, read, body=request.to_json())

    # The server

    def health(self) -> models.HealthResponse:
        """Whether it is up, and which version."""
        return self._get("/health", Authority.NOBODY, models.HealthResponse.from_json)

    def get_status(self) -> models.AdminStatusResponse:
        """Its state, for an operator."""
        return self._get("/v1/admin/status", Authority.MASTER, models.AdminStatusResponse.from_json)

    def get_session_status(self) -> models.SessionStatusResponse:
        """Its state, as far as it concerns a session."""
        return self._get("/v1/admin/status", Authority.SESSION, models.SessionStatusResponse.from_json)

    def get_nonce(self, *, action: str | None = None, resource: str | None = None) -> models.NonceResponse:
        """A nonce for an owner's signature, bound to an action (`approve`, `reject`, `verify`, `kill-switch`, `recover`)
        and to the id of what it is about, if given.
        """
        query = {"action": action, "resource": resource}
        return self._get("/v1/nonce", Authority.NOBODY, models.NonceResponse.from_json, query)

    def get_openapi(self) -> Any:
        """Its API as an OpenAPI 3.0 document."""
        return self._get("/doc", Authority.NOBODY, _anything)

    def shutdown(self) -> models.ShutdownResponse:
        """Stops it in an orderly way."""
        return self._post("/v1/admin/shutdown", Authority.MASTER, models.ShutdownResponse.from_json)

    # How calls are made

    def _get(
        self,
        path: str,
        authority: Authority,
        read: Callable[[Any], _T],
        query: Mapping[str, str | int | None] | None = None,
    ) -> _T:
        return self._answer(Call("GET", path, authority, Repeat.FREELY, read, query=query or {}))

    def _post(
        self,
        path: str,
        authority: Authority,
        read: Callable[[Any], _T],
        *,
        body: Mapping[str, Any] | None = None,
        proof: OwnerProof | None = None,
    ) -> _T:
        headers = {} if proof is None else proof.headers()
        return self._answer(Call("POST", path, authority, Repeat.NOT, read, body=body, headers=headers))

    def _put(self, path: str, read: Callable[[Any], _T], body: Mapping[str, Any]) -> _T:
        return self._answer(Call("PUT", path, Authority.MASTER, Repeat.FREELY, read, body=body))

    def _create(
        self, path: str, read: Callable[[Any], _T], body: Mapping[str, Any], key: str | None
    ) -> _T:
        return self._answer(
            Call("POST", path, Authority.MASTER, Repeat.KEYED, read, body=body, key=fresh_key(key))
        )

    def _answer(self, call: Call[_T]) -> _T:
        failed = 0
        while True:
            try:
                return self._attempt(call)
            except WAIaaSError as error:
                failed += 1
                asked = error.retry_after if isinstance(error, Refusal) else None
                pause = self._retry.pause(failed, asked, random.random())
                if pause is None or not call.may_repeat_after(error):
                    raise
            time.sleep(pause)

    def _attempt(self, call: Call[_T]) -> _T:
        headers = {"User-Agent": "waiaas-python", **credentials(call.authority, self._session, self._master)}
        content = call.content()
        if content is not None:
            headers["Content-Type"] = "application/json"
        if call.key is not None:
            headers["Idempotency-Key"] = call.key
        headers.update(call.headers)
        try:
            response = self._http.request(
                call.method,
                self._base + call.path,
                params=call.parameters() or None,
                content=content,
                headers=list(header_bytes(headers).items()),
                timeout=httpx.Timeout(self._timeout + call.waiting, connect=_CONNECT),
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            # No connection, so nothing was sent.
            raise Unreachable(f"no service answers at {self._base}: {error or type(error).__name__}") from error
        except httpx.TimeoutException as error:
            raise AnswerLost(f"{self._base} did not answer in time", call.key) from error
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            raise AnswerLost(f"the connection to {self._base} broke: {reason}", call.key) from error
        return call.answer(response.status_code, response.headers.get("Retry-After"), response.content)


def _anything(value: Any) -> Any:
    return value
