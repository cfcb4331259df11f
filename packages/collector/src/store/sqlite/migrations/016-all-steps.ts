/** Days keep all rows of a declared funnel's steps: what comes later may lie between any two of them. */
export const allSteps = `
DELETE FROM day_summary WHERE kind >= 7;
`
