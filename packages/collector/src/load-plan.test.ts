import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlanError } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { ConfigError } from './config.ts'
import { loadPlan } from './load-plan.ts'
import { tempFolder } from './testing/temp-folder.ts'

/** Lays files into a folder that knows no packages; answers the path of the first. */
function lay(files: Record<string, string>): string {
  const folder = tempFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return join(folder, Object.keys(files)[0] ?? '')
}

const body = `{
  name: 'mine',
  entities: { page: { metadata: z.looseObject({ title: z.string() }) } },
  events: { view: { on: ['page'], role: 'view', dedupe: { window: '5m', by: ['entity', 'viewer'] } } },
}`
const imports = "import { definePlan } from '@tallymark/schemas'\nimport { z } from 'zod'\n"

describe('a plan is read', () => {
  test.each([
    ['plan.ts', `${imports}export const plan = definePlan(${body})`],
    ['default.ts', `${imports}const mine = definePlan(${body})\nexport default mine`],
    [
      'types.ts',
      `${imports}import type { Plan } from '@tallymark/schemas'\nexport const plan = ${body} satisfies Plan`,
    ],
    ['plan.mts', `${imports}export const plan = definePlan(${body})`],
    ['plan.js', `${imports}export const plan = definePlan(${body})`],
    ['plan.mjs', `${imports}export default definePlan(${body})`],
    ['plan.cjs', `const { z } = require('zod')\nexports.plan = ${body}`],
    ['exported.cjs', `const { z } = require('zod')\nmodule.exports = ${body}`],
    ['hidden.cjs', `const { z } = require('zod')\nmodule.exports = Object.assign({}, { plan: ${body} })`],
    ['both.ts', `${imports}export const plan = definePlan(${body})\nexport default { other: true }`],
    ['late.ts', `${imports}export const plan = await Promise.resolve(definePlan(${body}))`],
    ['zod4.ts', `import { z } from 'zod/v4'\nexport const plan = ${body}`],
    [
      'limits.ts',
      `${imports}import { maxBatchEvents } from '@tallymark/schemas/limits'\nif (maxBatchEvents !== 50) throw new Error()\nexport const plan = ${body}`,
    ],
  ])('from %s in a folder without packages', async (name, content) => {
    const plan = await loadPlan(lay({ [name]: content }))
    expect(plan.name).toBe('mine')
    expect(Object.keys(plan.events)).toEqual(['view'])
    const { metadata } = plan.entities.page ?? {}
    expect(metadata?.['~standard'].validate({ title: 7 })).toHaveProperty('issues', [expect.anything()])
  })

  test('with what it imports from beside itself', async () => {
    const file = lay({
      'plan.ts':
        "import { entities } from './entities'\nexport const plan = { name: 'split', entities, events: { view: { on: ['page'] } } }",
      'entities.ts': 'export const entities: Record<string, object> = { page: {} }',
    })
    expect(await loadPlan(file)).toMatchObject({ name: 'split', entities: { page: {} } })
  })

  test('anew each time, so that a corrected file counts', async () => {
    const plan = (name: string) => `export const plan = { name: '${name}', entities: {}, events: {} }`
    const file = lay({ 'plan.ts': plan('before') })
    expect((await loadPlan(file)).name).toBe('before')
    writeFileSync(file, plan('after'))
    expect((await loadPlan(file)).name).toBe('after')
  })
})

describe('a plan that cannot be used', () => {
  /** The sentence it is refused with, one line that names the file. */
  async function complaint(file: string): Promise<string> {
    const error = await loadPlan(file).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ConfigError)
    const { message } = error as ConfigError
    expect(message).not.toMatch(/[\r\n]/)
    expect(message.startsWith(`${file}: `)).toBe(true)
    return message
  }

  test('because there is no such file', async () => {
    expect(await complaint('/nowhere/plan.ts')).toContain('no such file')
  })

  test('because it is a folder', async () => {
    const folder = join(tempFolder(), 'plan')
    mkdirSync(folder)
    await complaint(folder)
  })

  test.each([
    ['does not parse', 'export const plan = {{{'],
    ['fails as it runs', "throw new Error('the reason\\nand more')"],
    ['throws something that is no error', "throw 'the reason'"],
    ['throws nothing', 'throw undefined'],
    ['imports what is not there', "import { x } from './nothing'\nexport const plan = x"],
    ['imports a package that is not there', "import { x } from 'no-such-package-anywhere'\nexport const plan = x"],
  ])('because it %s', async (_, content) => {
    expect(await complaint(lay({ 'plan.ts': content }))).toContain('does not run')
  })

  test.each([
    ['exports nothing', 'const plan = 1'],
    ['exports something else', 'export const plans = {}'],
    ['is empty', ''],
  ])('because it %s', async (_, content) => {
    expect(await complaint(lay({ 'plan.ts': content }))).toContain('must export the plan')
  })

  test('is refused with everything that is wrong in it, by path', async () => {
    const file = lay({
      'plan.ts': `export const plan = {
        name: 'wrong',
        entities: { page: {} },
        events: {
          view: { on: ['pagge'], role: 'viewer' },
          save: { on: ['page'], dedupe: { window: '5 minutes', by: ['entity'] }, pubic: true },
        },
      }`,
    })
    const error = await loadPlan(file).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PlanError)
    expect((error as PlanError).faults.map(({ path }) => path)).toEqual([
      'events.view.role',
      'events.save.dedupe.window',
      'events.save.pubic',
    ])
  })

  test.each([['7'], ["'plan'"], ['[]'], ['() => {}'], ['{}']])('because it is %s', async (value) => {
    await expect(loadPlan(lay({ 'plan.ts': `export const plan = ${value}` }))).rejects.toThrow(PlanError)
  })
})
