import { toRequest } from '../reports/ask.ts'
import { questionsWith } from '../reports/questions.ts'
import type { UnderTest } from './processes.ts'

/** A session that the history does not have: its report is asked for all the same. */
const questions = questionsWith('00000000-0000-4000-8000-000000000000')

/** Asks for one report after the other, those of the reports' bench, without a break. Tells how many were answered. */
export function askReports({ port, adminKey }: UnderTest): { stop(): Promise<number> } {
  let isRunning = true
  let answered = 0
  async function ask(): Promise<void> {
    while (isRunning) {
      const question = questions[answered % questions.length]
      if (!question) return
      const response = await fetch(`http://127.0.0.1:${port}${question.path}`, toRequest(question, adminKey))
      await response.arrayBuffer()
      if (response.status >= 500) throw new Error(`${question.name}: ${response.status}`)
      answered++
    }
  }
  const asking = ask()
  return {
    async stop() {
      isRunning = false
      await asking
      return answered
    },
  }
}
