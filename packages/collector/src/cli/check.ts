import { PlanError } from '@tallymark/schemas'
import { ConfigError } from '../config.ts'
import { loadPlan } from '../load-plan.ts'
import type { Command } from './command.ts'

export const check: Command = {
  summary: 'says what is wrong in a tracking plan',
  usage: 'Usage: tallymark check PLAN',
  maxWords: 1,

  async run({ words: [file] }) {
    if (!file) throw new ConfigError('check takes the plan’s file: tallymark check plan.ts')
    try {
      const plan = await loadPlan(file)
      const events = Object.keys(plan.events).length
      const entities = Object.keys(plan.entities).length
      console.log(`${file}: the plan '${plan.name}' is good: ${events} event types, ${entities} entity types`)
      return 0
    } catch (error) {
      if (!(error instanceof PlanError)) throw error
      for (const { path, message } of error.faults) console.error(`${file}: ${path}: ${message}`)
      return 1
    }
  },
}
