/** Columns that are mostly zero are packed in another way, and days have one more summary: all are made anew. */
export const sparseColumns = `
DELETE FROM day_summary;
DELETE FROM day_viewers;
`
