/**
 * Texts of the log that many rows have in common stand in the dictionary: a number in `arrival`, `page` or `props` is
 * that of a text, anything else the text itself. SQLite cannot change a column's type but in a new table.
 */
export const sharedTexts = `
CREATE TABLE event_with_shared_texts (
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
  day_viewer BLOB,
  source INTEGER NOT NULL REFERENCES dictionary,
  surface INTEGER REFERENCES dictionary,
  position INTEGER,
  duration_ms REAL,
  completed INTEGER,
  campaign INTEGER REFERENCES dictionary,
  arrival ANY,
  device INTEGER REFERENCES dictionary,
  page ANY,
  channel INTEGER REFERENCES dictionary,
  agent INTEGER REFERENCES dictionary,
  country TEXT,
  region TEXT,
  bot INTEGER REFERENCES dictionary,
  props ANY,
  dedupe_key BLOB,
  over_cap INTEGER
) STRICT;

INSERT INTO event_with_shared_texts (seq, id, trust, received_at, occurred_at, type, entity, actor, anonymous_id,
  session_id, day_viewer, source, surface, position, duration_ms, completed, campaign, arrival, device, page, channel,
  agent, country, region, bot, props, dedupe_key, over_cap)
SELECT seq, id, trust, received_at, occurred_at, type, entity, actor, anonymous_id, session_id, day_viewer, source,
  surface, position, duration_ms, completed, campaign, arrival, device, page, channel, agent, country, region, bot,
  props, dedupe_key, over_cap
FROM event ORDER BY seq;

DROP TABLE event;
ALTER TABLE event_with_shared_texts RENAME TO event;
CREATE UNIQUE INDEX event_id ON event (id, trust);
`
