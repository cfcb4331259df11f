/** One command of `tallymark`. */
export interface Command {
  /** One line for the overview. */
  summary: string
  usage: string
  /** Answers the exit code. */
  run(args: readonly string[]): Promise<number> | number
}
