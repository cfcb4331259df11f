/**
 * The log, its dictionaries and the keys. The log holds no secondary index but the event's id, which is ordered in
 * time: whatever else is asked is answered by projections.
 */
export const log = `
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  trust INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  type INTEGER NOT NULL REFERENCES dictionary,
  entity INTEGER REFERENCES entity,
  actor INTEGER REFERENCES actor,
  anonymous_id BLOB,
  session_id BLOB,
  source INTEGER NOT NULL REFERENCES dictionary,
  surface INTEGER REFERENCES dictionary,
  position INTEGER,
  duration_ms REAL,
  completed INTEGER,
  campaign INTEGER REFERENCES dictionary,
  arrival TEXT,
  device INTEGER REFERENCES dictionary,
  page TEXT,
  props TEXT,
  dedupe_key BLOB
) STRICT;
CREATE UNIQUE INDEX event_id ON event (id, trust);

CREATE TABLE dictionary (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE entity (
  id INTEGER PRIMARY KEY,
  type INTEGER NOT NULL REFERENCES dictionary,
  key TEXT NOT NULL,
  registered INTEGER NOT NULL,
  title TEXT,
  owner_id TEXT,
  published_at INTEGER,
  private INTEGER NOT NULL DEFAULT 0,
  metadata TEXT,
  UNIQUE (type, key)
) STRICT;

CREATE TABLE actor (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  type TEXT,
  traits TEXT
) STRICT;

CREATE TABLE access_key (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  text TEXT,
  hash TEXT NOT NULL UNIQUE,
  origins TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE projection (
  name TEXT PRIMARY KEY,
  cursor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
