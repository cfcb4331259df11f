/** What readiness is tried with, rejected events and clients' errors, and what is left of the erased and of the pruned. */
export const operations = `
CREATE TABLE probe (
  id INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;

CREATE TABLE tombstone (
  hash BLOB PRIMARY KEY,
  erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  before_day INTEGER NOT NULL
) STRICT;

CREATE TABLE rejected_event (
  id INTEGER PRIMARY KEY,
  received_at INTEGER NOT NULL,
  sender TEXT NOT NULL,
  code TEXT NOT NULL,
  pointer TEXT NOT NULL,
  detail TEXT NOT NULL,
  request TEXT NOT NULL,
  payload TEXT
) STRICT;
CREATE INDEX rejected_event_sender ON rejected_event (sender);

CREATE TABLE client_error (
  id INTEGER PRIMARY KEY,
  event_id BLOB NOT NULL,
  trust INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  actor TEXT,
  anonymous_id BLOB,
  session_id BLOB,
  page TEXT,
  props TEXT NOT NULL,
  UNIQUE (event_id, trust)
) STRICT;

CREATE TABLE entity_pruned (
  entity INTEGER NOT NULL REFERENCES entity,
  type INTEGER NOT NULL REFERENCES dictionary,
  viewers INTEGER NOT NULL,
  PRIMARY KEY (entity, type)
) STRICT, WITHOUT ROWID;
`
