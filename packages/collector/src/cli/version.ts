import { createRequire } from 'node:module'
import type { Command } from './command.ts'

export const version: Command = {
  summary: 'prints the version',
  usage: 'Usage: tallymark version',
  run() {
    const { version } = createRequire(import.meta.url)('@tallymark/collector/package.json') as { version: string }
    console.log(version)
    return 0
  },
}
