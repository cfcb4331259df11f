/**
 * Sessions are added up by the hour in which they started: most ranges begin within a day. Of days that are frozen no more
 * is known than the days themselves, which stand where they begin; but for sessions that went on after them.
 */
export const sessionHours = `
CREATE TABLE session_hour (
  hour INTEGER PRIMARY KEY,
  sessions INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  bounced INTEGER NOT NULL
) STRICT;
WITH known AS (
  SELECT started_at, ended_at - started_at AS duration_ms, interactions <= 1 AS bounced FROM session_span
  WHERE ended_at >= coalesce((SELECT before_day FROM frozen), 0) * 86400000
)
INSERT INTO session_hour
SELECT hour, sum(sessions), sum(duration_ms), sum(bounced) FROM (
  SELECT day * 24 AS hour, sessions, duration_ms, bounced FROM session_day WHERE day < (SELECT before_day FROM frozen)
  UNION ALL
  SELECT started_at / 86400000 * 24, -1, -duration_ms, -bounced FROM known
  WHERE started_at < (SELECT before_day FROM frozen) * 86400000
  UNION ALL
  SELECT started_at / 3600000, 1, duration_ms, bounced FROM known
) GROUP BY hour HAVING sum(sessions) > 0;
DROP TABLE session_day;
`
