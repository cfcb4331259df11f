/** The log by columns, sessions with their spans, and what days come to. */
export const facts = `
ALTER TABLE projection ADD COLUMN version TEXT;

CREATE TABLE fact_day (
  day INTEGER PRIMARY KEY,
  sealed INTEGER NOT NULL DEFAULT 0,
  edits INTEGER NOT NULL DEFAULT 0,
  frozen INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE fact_part (
  day INTEGER NOT NULL,
  part INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (day, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (
  day INTEGER NOT NULL,
  name INTEGER NOT NULL,
  part INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (day, name, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE term (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  text TEXT NOT NULL,
  uses INTEGER NOT NULL,
  UNIQUE (kind, text)
) STRICT;

CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE session_span (
  session INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  interactions INTEGER NOT NULL
) STRICT;
CREATE INDEX session_started ON session_span (started_at);

CREATE TABLE session_day (
  day INTEGER PRIMARY KEY,
  sessions INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  bounced INTEGER NOT NULL
) STRICT;

CREATE TABLE day_summary (
  day INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_viewers (
  day INTEGER NOT NULL,
  type INTEGER NOT NULL,
  entity_type INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  PRIMARY KEY (day, type, entity_type)
) STRICT, WITHOUT ROWID;

CREATE INDEX entity_owner ON entity (owner_id) WHERE owner_id IS NOT NULL;
`
