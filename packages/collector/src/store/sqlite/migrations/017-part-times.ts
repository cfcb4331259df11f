/**
 * Between which times of the day a part's rows lie: whether a range has all of it, or none, is known without them. Of the
 * parts there are, it is not known. Days keep their slots by type, and when touches were: what days keep is made anew.
 */
export const partTimes = `
ALTER TABLE fact_part ADD COLUMN earliest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE fact_part ADD COLUMN latest INTEGER NOT NULL DEFAULT 86399999;
DELETE FROM day_summary;
DELETE FROM day_viewers;
`
