import { writeFileSync } from 'node:fs'
import { ConfigError } from '../config.ts'
import type { Command } from './command.ts'

const starterPlan = `import { definePlan } from '@tallymark/schemas'
import { z } from 'zod'

// Which events exist, what they act on, and what is counted of them. Check it with: tallymark check plan.ts
export const plan = definePlan({
  name: 'my-product',
  entities: {
    article: { metadata: z.looseObject({ title: z.string().optional() }) },
  },
  events: {
    view: { on: ['article'], role: 'view', public: true, dedupe: { window: '5m', by: ['entity', 'viewer'] } },
    click: { on: ['article'], role: 'click', surfaces: ['feed', 'search', 'related'], dedupe: 'none' },
    save: { on: ['article'], role: 'save', public: true },
    search: { role: 'search', props: z.looseObject({ query: z.string(), resultsCount: z.int().optional() }) },
  },
})
`

export const init: Command = {
  summary: 'writes a starter plan',
  usage: 'Usage: tallymark init [FILE]\n\nFILE is ./plan.ts unless it is given; one that exists is left alone.',
  maxWords: 1,

  run({ words: [file = './plan.ts'] }) {
    try {
      writeFileSync(file, starterPlan, { flag: 'wx' })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      throw new ConfigError(code === 'EEXIST' ? `${file} exists already: it is left as it is` : message)
    }
    console.log(`wrote ${file}: start with tallymark serve --plan ${file}`)
    return 0
  },
}
