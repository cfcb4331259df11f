/** Days keep the first touch of each viewer, too, under the number that declared funnels began with: theirs are made anew. */
export const firstTouches = `
DELETE FROM day_summary WHERE kind >= 6;
`
