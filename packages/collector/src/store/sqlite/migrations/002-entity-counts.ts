/** The viewers, numbered as they are first folded, and the counts by entity, type and day. */
export const entityCounts = `
CREATE TABLE viewer (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE entity_total (
  entity INTEGER NOT NULL,
  type INTEGER NOT NULL,
  count INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  PRIMARY KEY (entity, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_day (
  entity INTEGER NOT NULL,
  type INTEGER NOT NULL,
  day INTEGER NOT NULL,
  count INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  PRIMARY KEY (entity, type, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_day_viewer (
  entity INTEGER NOT NULL,
  type INTEGER NOT NULL,
  viewer INTEGER NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (entity, type, viewer, day)
) STRICT, WITHOUT ROWID;
`
