/** Columns are packed in further forms, those of what is kept of days among them: all of it is made anew. */
export const smallColumns = `
DELETE FROM day_summary;
DELETE FROM day_viewers;
`
