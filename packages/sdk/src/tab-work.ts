/** Work for one tab at a time. Answers true when it left a word for the other tabs in the storage. */
export type TabWork = () => Promise<boolean>

/** Longer than it takes tabs to see what one of them wrote to the storage. */
const settleMs = 100

export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, settleMs))
