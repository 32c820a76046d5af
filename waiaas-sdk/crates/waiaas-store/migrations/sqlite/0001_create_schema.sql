-- Conventions of every table:
--   ids          TEXT, lowercase hyphenated UUID; version 7, so that text order is order of creation
--   instants     INTEGER, milliseconds since 1970-01-01T00:00:00Z
--   amounts      TEXT, decimal digits of a 256-bit integer in smallest units; added up in code, never in SQL
--   dollars      INTEGER, millionths of a US dollar; a value beyond 2^63 - 1 is 0 there and decimal digits in
--                the TEXT column beside it: no real value, but absurd ones must stay above every limit
--   hashes       TEXT, lowercase hexadecimal
--   yes or no    INTEGER, 1 or 0
-- Words such as statuses and types are checked by the code that reads them. There are no CHECK lists:
-- a new transaction type must not need a rebuilt table.
-- STRICT makes SQLite refuse a value of another storage class; other databases do that by themselves.

CREATE TABLE wallets (
    id                    TEXT    NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL,
    chain                 TEXT    NOT NULL,
    environment           TEXT    NOT NULL,
    address               TEXT,
    status                TEXT    NOT NULL,
    owner_address         TEXT,
    owner_verified        INTEGER NOT NULL DEFAULT 0,
    owner_approval_method TEXT,
    wallet_type           TEXT,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    suspended_at          INTEGER,
    suspension_reason     TEXT
) STRICT;
CREATE INDEX wallets_by_status ON wallets (status);

CREATE TABLE sessions (
    id                   TEXT    NOT NULL PRIMARY KEY,
    token_hash           TEXT    NOT NULL,
    previous_token_hash  TEXT,
    previous_token_until INTEGER,
    issued_at            INTEGER NOT NULL,
    expires_at           INTEGER,
    absolute_expires_at  INTEGER,
    renewal_count        INTEGER NOT NULL,
    max_renewals         INTEGER NOT NULL,
    last_renewed_at      INTEGER,
    token_issued_count   INTEGER NOT NULL,
    source               TEXT    NOT NULL,
    created_at           INTEGER NOT NULL,
    revoked_at           INTEGER
) STRICT;
CREATE INDEX sessions_unrevoked ON sessions (created_at, id) WHERE revoked_at IS NULL;

CREATE TABLE session_wallets (
    session_id TEXT    NOT NULL REFERENCES sessions (id),
    wallet_id  TEXT    NOT NULL REFERENCES wallets (id),
    position   INTEGER NOT NULL,
    PRIMARY KEY (session_id, wallet_id)
) STRICT;
CREATE INDEX session_wallets_by_wallet ON session_wallets (wallet_id);

CREATE TABLE policies (
    id         TEXT    NOT NULL PRIMARY KEY,
    wallet_id  TEXT REFERENCES wallets (id),
    network    TEXT,
    type       TEXT    NOT NULL,
    rules      TEXT    NOT NULL,
    priority   INTEGER NOT NULL,
    enabled    INTEGER NOT NULL,
    ceiling    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX policies_by_wallet ON policies (wallet_id);

-- One row. Every change of a policy adds one in its own transaction, so equal epochs mean equal rows.
CREATE TABLE policy_epoch (
    id    INTEGER NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO policy_epoch (id, epoch) VALUES (1, 0);

CREATE TABLE transactions (
    id              TEXT    NOT NULL PRIMARY KEY,
    wallet_id       TEXT    NOT NULL REFERENCES wallets (id),
    session_id      TEXT REFERENCES sessions (id),
    network         TEXT    NOT NULL,
    -- What was judged and may be signed: the transaction's record, JSON.
    request         TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    tier            TEXT,
    usd_micros      INTEGER,
    usd_micros_large TEXT,
    decision        TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    queued_at       INTEGER,
    delay_until     INTEGER,
    executed_at     INTEGER,
    tx_hash         TEXT,
    fee             TEXT,
    failure_code    TEXT,
    failure_message TEXT,
    -- 1 when the request passed the policy and so counts in rate limits.
    counts_for_rate INTEGER NOT NULL,
    -- The caller's key and the SHA-256 of the body it came with; as durable as the row itself.
    idempotency_key         TEXT,
    idempotency_fingerprint TEXT
) STRICT;
CREATE INDEX transactions_by_wallet ON transactions (wallet_id, id);
CREATE INDEX transactions_by_wallet_status ON transactions (wallet_id, status, id);
CREATE INDEX transactions_by_creation ON transactions (created_at, status);
CREATE INDEX transactions_rate ON transactions (wallet_id, counts_for_rate, created_at);
CREATE UNIQUE INDEX transactions_idempotency ON transactions (wallet_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX transactions_open ON transactions (wallet_id, id) WHERE status IN ('PENDING', 'QUEUED');
-- What a kill switch may have to cancel.
CREATE INDEX transactions_unsent ON transactions (id)
    WHERE status IN ('PENDING', 'QUEUED', 'GAS_WAITING', 'EXECUTING');
CREATE INDEX transactions_delayed ON transactions (id, delay_until)
    WHERE status = 'QUEUED' AND delay_until IS NOT NULL;
CREATE INDEX transactions_unfinished ON transactions (id) WHERE status IN ('PENDING', 'EXECUTING');
CREATE INDEX transactions_submitted ON transactions (id) WHERE status = 'SUBMITTED';

-- The ledger: amounts that count against limits. state is HELD, SETTLED or RELEASED; created_at is the
-- admission of the transaction, also after it settled.
CREATE TABLE spend_holds (
    tx_id      TEXT    NOT NULL REFERENCES transactions (id),
    position   INTEGER NOT NULL,
    wallet_id  TEXT    NOT NULL REFERENCES wallets (id),
    asset      TEXT    NOT NULL,
    amount     TEXT    NOT NULL,
    usd_micros INTEGER NOT NULL,
    usd_micros_large TEXT,
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tx_id, position)
) STRICT;
-- Both hold everything that the sums need, so that the rows themselves are not touched.
CREATE INDEX spend_holds_sums ON spend_holds (wallet_id, state, created_at, usd_micros, usd_micros_large, tx_id);
CREATE INDEX spend_holds_held ON spend_holds (wallet_id, asset, state, tx_id, amount) WHERE state = 'HELD';

CREATE TABLE pending_approvals (
    id              TEXT    NOT NULL PRIMARY KEY,
    tx_id           TEXT    NOT NULL UNIQUE REFERENCES transactions (id),
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    approved_at     INTEGER,
    rejected_at     INTEGER,
    -- When it stopped being open, for whatever reason.
    closed_at       INTEGER,
    owner_signature BLOB
) STRICT;
CREATE INDEX pending_approvals_open ON pending_approvals (expires_at, tx_id) WHERE closed_at IS NULL;

-- Signed bytes, durable before they are sent. Open until the chain has them or can never take them.
CREATE TABLE tx_intents (
    hash       TEXT    NOT NULL PRIMARY KEY,
    tx_id      TEXT REFERENCES transactions (id),
    wallet_id  TEXT    NOT NULL REFERENCES wallets (id),
    network    TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX tx_intents_open_sequence ON tx_intents (wallet_id, network, sequence) WHERE closed_at IS NULL;
CREATE INDEX tx_intents_by_tx ON tx_intents (tx_id) WHERE tx_id IS NOT NULL;
CREATE UNIQUE INDEX tx_intents_open_tx ON tx_intents (tx_id) WHERE closed_at IS NULL AND tx_id IS NOT NULL;

-- Append-only. No foreign keys: what happened stays on record whatever becomes of the rows.
CREATE TABLE audit_log (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    timestamp  INTEGER NOT NULL,
    event_type TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    severity   TEXT    NOT NULL,
    wallet_id  TEXT,
    session_id TEXT,
    tx_id      TEXT,
    details    TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_log_by_tx ON audit_log (tx_id, id) WHERE tx_id IS NOT NULL;

-- One row; a database without it is damaged, not "in normal operation".
CREATE TABLE kill_switch (
    id           INTEGER NOT NULL PRIMARY KEY,
    state        TEXT    NOT NULL,
    activated_at INTEGER,
    activated_by TEXT
) STRICT;
INSERT INTO kill_switch (id, state) VALUES (1, 'ACTIVE');

-- id is the order of issue: when there are too many, the oldest go first.
CREATE TABLE owner_nonces (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    hash       TEXT    NOT NULL UNIQUE,
    action     TEXT,
    resource   TEXT,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX owner_nonces_by_end ON owner_nonces (expires_at);

CREATE TABLE idempotency_keys (
    scope       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    claimed_at  INTEGER NOT NULL,
    http_status INTEGER,
    sealed_body BLOB,
    PRIMARY KEY (scope, key)
) STRICT;
CREATE INDEX idempotency_keys_by_claim ON idempotency_keys (claimed_at);

CREATE TABLE key_value_store (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
