/** How many events busy clients have sent today to an entity: the cap must hold across a restart. */
export const dailyCaps = `
CREATE TABLE daily_cap (
  day INTEGER NOT NULL,
  client TEXT NOT NULL,
  entity INTEGER NOT NULL REFERENCES entity,
  type INTEGER NOT NULL REFERENCES dictionary,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, client, entity, type)
) STRICT, WITHOUT ROWID;
`
