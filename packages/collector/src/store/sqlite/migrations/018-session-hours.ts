/**
 * Sessions are added up by the hour in which they started: most ranges begin within a day. Of days that are frozen no more
 * is known than the days themselves, which stand where they begin.
 */
export const sessionHours = `
CREATE TABLE session_hour (
  hour INTEGER PRIMARY KEY,
  sessions INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  bounced INTEGER NOT NULL
) STRICT;
INSERT INTO session_hour SELECT day * 24, sessions, duration_ms, bounced FROM session_day
WHERE day < (SELECT before_day FROM frozen);
INSERT INTO session_hour
SELECT started_at / 3600000 AS hour, count(*), sum(ended_at - started_at), sum(interactions <= 1) FROM session_span
WHERE started_at >= coalesce((SELECT before_day FROM frozen), 0) * 86400000 GROUP BY hour;
DROP TABLE session_day;
`
