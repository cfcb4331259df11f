import { parseArgs } from 'node:util'
import { SignJWT } from 'jose'
import { ConfigError, readConfig } from '../config.ts'
import type { Command } from './command.ts'

export const token: Command = {
  summary: 'mints a user token for trying things out',
  usage: 'Usage: tallymark token USER [--role ROLE] [--user-token-secret TEXT]\n\nThe token holds for an hour.',
  async run(args) {
    const [user, ...rest] = args
    if (!user || user.startsWith('-')) throw new ConfigError('token takes the user’s id: tallymark token user-1')
    const { role, settings } = splitRole(rest)
    const { userTokenSecret } = readConfig(settings)
    if (!userTokenSecret) throw new ConfigError('--user-token-secret: is needed to sign a token')
    const jwt = new SignJWT(role === undefined ? {} : { role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user)
      .setExpirationTime('1h')
    console.log(await jwt.sign(new TextEncoder().encode(userTokenSecret)))
    return 0
  },
}

/** `--role` is this command's own, all else are settings. */
function splitRole(args: readonly string[]): { role: string | undefined; settings: string[] } {
  const options = { role: { type: 'string' as const } }
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const own = new Set(tokens.flatMap((t) => (t.kind === 'option' && t.name === 'role' ? [t.index, t.index + 1] : [])))
  return { role: values.role as string | undefined, settings: args.filter((_, index) => !own.has(index)) }
}
