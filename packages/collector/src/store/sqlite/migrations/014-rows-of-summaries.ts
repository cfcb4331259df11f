/**
 * What is kept of days gets numbered rows. Under a key of its own, a large record was read as a whole with each step of the
 * search for another one.
 */
export const rowsOfSummaries = `
ALTER TABLE day_summary RENAME TO keyed_summary;
CREATE TABLE day_summary (
  day INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (day, kind)
) STRICT;
INSERT INTO day_summary SELECT day, kind, parts, data FROM keyed_summary;
DROP TABLE keyed_summary;

ALTER TABLE day_viewers RENAME TO keyed_viewers;
CREATE TABLE day_viewers (
  type INTEGER NOT NULL,
  entity_type INTEGER NOT NULL,
  day INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (type, entity_type, day)
) STRICT;
INSERT INTO day_viewers SELECT type, entity_type, day, viewers, data FROM keyed_viewers;
DROP TABLE keyed_viewers;
`
