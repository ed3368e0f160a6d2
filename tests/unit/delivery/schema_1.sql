-- The schema of version 1, as it was released. Never change it: stores like this exist.
PRAGMA journal_mode = WAL;
BEGIN;
PRAGMA application_id = 1685611825;
PRAGMA user_version = 1;
CREATE TABLE outbound (
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, origin TEXT NOT NULL,
    next_hop TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL, submit_key TEXT, problem TEXT NOT NULL,
    PRIMARY KEY (message_id, recipient));
CREATE INDEX outbound_due ON outbound (due_at, message_id, recipient) WHERE state IN ('awaiting_receipt', 'queued', 'retry_wait');
CREATE INDEX outbound_state ON outbound (state, created_at, message_id, recipient);
CREATE INDEX outbound_submit_key ON outbound (submit_key) WHERE submit_key IS NOT NULL;
CREATE TABLE inbound (
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, origin TEXT NOT NULL,
    from_node TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL, received_at TEXT NOT NULL, verdict TEXT NOT NULL, problem TEXT NOT NULL,
    PRIMARY KEY (message_id, recipient));
CREATE INDEX inbound_state ON inbound (state, received_at, message_id, recipient);
CREATE TABLE receipt (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL,
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, issuer TEXT NOT NULL,
    given INTEGER NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL, xml BLOB NOT NULL,
    accepted INTEGER NOT NULL,
    UNIQUE (message_id, recipient, issuer, given, digest));
CREATE TABLE status (
    number INTEGER PRIMARY KEY, message_id TEXT NOT NULL, document_id TEXT NOT NULL,
    code TEXT NOT NULL, reporter TEXT NOT NULL, about_recipient TEXT NOT NULL, at TEXT NOT NULL,
    description TEXT NOT NULL, outgoing INTEGER NOT NULL,
    UNIQUE (document_id, at, message_id, code, reporter, about_recipient, description, outgoing));
CREATE TABLE timeline (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, message_id TEXT NOT NULL, event TEXT NOT NULL,
    detail TEXT NOT NULL);
CREATE INDEX timeline_message ON timeline (message_id, at);
COMMIT;
