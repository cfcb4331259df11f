const said = new Set<string>()

/** Tells the page's author what is wrong, once: the SDK never throws, and a console full of one sentence helps nobody. */
export function report(sentence: string, ...cause: unknown[]): void {
  if (said.has(sentence)) return
  said.add(sentence)
  console.error(`tallymark: ${sentence}`, ...cause)
}

/** Runs something of which the page must never see an exception. */
export function safely(run: () => void): void {
  try {
    run()
  } catch (error) {
    report('failed', error)
  }
}
