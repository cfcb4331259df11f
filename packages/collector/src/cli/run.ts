import { PlanError } from '@tallymark/schemas'
import { ConfigError } from '../config.ts'
import { StoreError } from '../store/store.ts'
import { backup } from './backup.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { erase } from './erase.ts'
import { exportAll } from './export.ts'
import { importAll } from './import.ts'
import { init } from './init.ts'
import { keys } from './keys.ts'
import { readArgs } from './read-args.ts'
import { restore } from './restore.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'
import { verify } from './verify.ts'
import { version } from './version.ts'

/** Every command, in the order in which the help names them. */
const commands = new Map<string, Command>(
  Object.entries({
    serve,
    init,
    check,
    keys,
    token,
    backup,
    restore,
    export: exportAll,
    import: importAll,
    erase,
    verify,
    version,
  }),
)

/** The configuration is wrong: sysexits' EX_CONFIG. */
const badConfiguration = 78

/** Runs a command line; answers the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  const wantsHelp = rest.includes('--help') || rest.includes('-h')
  const command = commands.get(name === '--version' ? 'version' : name)
  if (!command) return overview(name)
  if (wantsHelp) {
    console.log(`${command.summary}\n\n${command.usage}`)
    return 0
  }
  try {
    return await command.run(readArgs(rest, command))
  } catch (error) {
    if (error instanceof PlanError) {
      console.error(`tallymark: the plan cannot be used\n${error.message.replace(/^/gm, '  ')}`)
      return badConfiguration
    }
    if (error instanceof ConfigError || error instanceof StoreError) {
      console.error(`tallymark: ${error.message}`)
      return badConfiguration
    }
    throw error
  }
}

function overview(name: string): number {
  const lines = [...commands].map(([command, { summary }]) => `  ${command.padEnd(9)}${summary}`)
  const help = ['Usage: tallymark COMMAND [--help]', '', ...lines].join('\n')
  if (name === '' || name === 'help' || name === '--help' || name === '-h') {
    console.log(help)
    return 0
  }
  console.error(`tallymark: there is no command '${name}'\n\n${help}`)
  return 64
}
