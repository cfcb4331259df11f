/** The viewers of days by what they did, one record each; all summaries are made anew. */
export const dayViewers = `
CREATE TABLE day_viewers (
  type INTEGER NOT NULL,
  entity_type INTEGER NOT NULL,
  day INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (type, entity_type, day)
) STRICT, WITHOUT ROWID;
DELETE FROM day_summary;
`
