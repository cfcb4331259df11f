/** What readiness is tried with, what is left of the erased and of the pruned. */
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

CREATE TABLE entity_pruned (
  entity INTEGER NOT NULL REFERENCES entity,
  type INTEGER NOT NULL REFERENCES dictionary,
  viewers INTEGER NOT NULL,
  PRIMARY KEY (entity, type)
) STRICT, WITHOUT ROWID;
`
