/**
 * Facts, and what is kept of days, get numbered rows. Under a key of its own, a large record was read as a whole with each
 * step of the search for another one: a column of a day is found eight times as fast. What is kept of days is made anew,
 * for columns are packed in further forms.
 */
export const numberedRows = `
ALTER TABLE fact RENAME TO keyed_fact;
CREATE TABLE fact (
  day INTEGER NOT NULL,
  name INTEGER NOT NULL,
  part INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (day, name, part)
) STRICT;
INSERT INTO fact SELECT day, name, part, data FROM keyed_fact;
DROP TABLE keyed_fact;

DROP TABLE day_summary;
CREATE TABLE day_summary (
  day INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (day, kind)
) STRICT;

DROP TABLE day_viewers;
CREATE TABLE day_viewers (
  type INTEGER NOT NULL,
  entity_type INTEGER NOT NULL,
  day INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (type, entity_type, day)
) STRICT;
`
