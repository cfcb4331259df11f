const said = new Set<string>()

/** Tells the page's author what is wrong, once: the SDK never throws, and a console full of one sentence helps nobody. */
export function report(sentence: string, cause?: unknown): void {
  say('error', sentence, cause)
}

/** Tells what works and is probably not meant. */
export function warn(sentence: string): void {
  say('warn', sentence)
}

function say(level: 'error' | 'warn', sentence: string, cause?: unknown): void {
  if (said.has(sentence)) return
  said.add(sentence)
  console[level](`tallymark: ${sentence}`, ...(cause === undefined ? [] : [cause]))
}
