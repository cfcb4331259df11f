/** What happened to each entity over all time, with its score; and which entities not everybody may see. */
export const scores = `
CREATE TABLE entity_score (
  entity INTEGER PRIMARY KEY,
  entity_type INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  score REAL NOT NULL,
  views INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  likes INTEGER NOT NULL,
  unlikes INTEGER NOT NULL,
  saves INTEGER NOT NULL,
  shares INTEGER NOT NULL,
  completions INTEGER NOT NULL,
  skips INTEGER NOT NULL,
  impressions INTEGER NOT NULL,
  outbound_clicks INTEGER NOT NULL,
  calendar_adds INTEGER NOT NULL
) STRICT;

CREATE INDEX entity_private ON entity (id) WHERE private = 1;
`
