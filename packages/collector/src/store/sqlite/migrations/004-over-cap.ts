/** Marks events that one client sent beyond the day's cap: they are kept, and left out of public counts. */
export const overCap = `
ALTER TABLE event ADD COLUMN over_cap INTEGER;
`
