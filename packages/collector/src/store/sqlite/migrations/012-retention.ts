/** For how long events are kept, where the configuration does not say it, and what was let go last. */
export const retention = `
CREATE TABLE retention (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  keep_days INTEGER,
  pruned_at INTEGER,
  pruned_events INTEGER
) STRICT;
`
