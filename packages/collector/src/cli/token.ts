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
  const settings: string[] = []
  let role: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg.startsWith('--role=')) role = arg.slice('--role='.length)
    else if (arg === '--role') role = args[++index] ?? ''
    else settings.push(arg)
  }
  if (role === '' || role?.startsWith('-')) throw new ConfigError('--role: takes the role’s name')
  return { role, settings }
}
