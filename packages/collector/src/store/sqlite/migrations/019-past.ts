/** What viewers had done before a day: where a report needs to know who came first, and how, it need not read all days. */
export const past = `
CREATE TABLE past (
  before_day INTEGER PRIMARY KEY,
  seen BLOB NOT NULL,
  touches BLOB NOT NULL
) STRICT;
`
