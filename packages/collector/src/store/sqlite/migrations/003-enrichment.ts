/** What the collector adds to an event: who it was for the day, the channel, the software, the place, a bot's signs. */
export const enrichment = `
ALTER TABLE event ADD COLUMN day_viewer BLOB;
ALTER TABLE event ADD COLUMN channel INTEGER REFERENCES dictionary;
ALTER TABLE event ADD COLUMN agent INTEGER REFERENCES dictionary;
ALTER TABLE event ADD COLUMN country TEXT;
ALTER TABLE event ADD COLUMN region TEXT;
ALTER TABLE event ADD COLUMN bot INTEGER REFERENCES dictionary;
`
