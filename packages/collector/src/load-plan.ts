import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPlan, type Plan, PlanError } from '@tallymark/schemas'
import { createJiti } from 'jiti'
import { ConfigError } from './config.ts'

/**
 * Reads a tracking plan from a TypeScript or JavaScript file: its export `plan`, or its default export. The file
 * may import `@tallymark/schemas` and `zod` wherever it lies; it gets the collector's own.
 *
 * @throws {ConfigError} when there is no such file or it does not run
 * @throws {PlanError} naming everything that is wrong in the plan, by path
 */
export async function loadPlan(file: string): Promise<Plan> {
  const path = resolve(file)
  if (!existsSync(path)) throw new ConfigError(`${file}: there is no such file`)
  const plan = findPlan(await run(file, path))
  if (plan === undefined) {
    throw new ConfigError(`${file}: must export the plan: export const plan = definePlan({ … })`)
  }
  const faults = checkPlan(plan)
  if (faults.length > 0) throw new PlanError(faults)
  return plan as Plan
}

/** What a plan may import wherever it lies. */
const own = [
  '@tallymark/schemas',
  '@tallymark/schemas/limits',
  'zod',
  'zod/v4',
  'zod/mini',
  'zod/v4-mini',
  'zod/v4/mini',
]

async function run(file: string, path: string): Promise<unknown> {
  const alias = Object.fromEntries(own.map((name) => [name, fileURLToPath(import.meta.resolve(name))]))
  const options = { alias, fsCache: false, moduleCache: false }
  try {
    return await createJiti(import.meta.url, options).import(path)
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new ConfigError(`${file}: does not run: ${reason}`)
  }
}

function findPlan(module: unknown): unknown {
  const { plan, default: byDefault } = module as { plan?: unknown; default?: { plan?: unknown } | null }
  if (plan !== undefined) return plan
  // A module without a default export is lent one, all its exports: in CommonJS those may be the plan itself.
  const isMeant = ['default', 'events'].some((name) => Object.keys(module as object).includes(name))
  return isMeant ? (byDefault?.plan ?? byDefault) : undefined
}
