import { readFileSync } from 'node:fs'
import type { Command } from './command.ts'

export const version: Command = {
  summary: 'prints the version',
  usage: 'Usage: tallymark version',
  run() {
    const file = new URL('../package.json', import.meta.url)
    console.log((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version)
    return 0
  },
}
