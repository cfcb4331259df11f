/** What users prefer, partners' campaigns, and the lists of entities. */
export const writes = `
CREATE TABLE preference (
  actor INTEGER NOT NULL REFERENCES actor,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (actor, dimension, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE activation (
  id TEXT PRIMARY KEY,
  entity INTEGER NOT NULL REFERENCES entity,
  partner TEXT NOT NULL,
  kind TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX entity_registered ON entity (type) WHERE registered = 1;
`
