/** What readiness is tried with. */
export const operations = `
CREATE TABLE probe (
  id INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;
`
