import { SignJWT } from 'jose'
import { ConfigError, readConfig } from '../config.ts'
import type { Command } from './command.ts'

export const token: Command = {
  summary: 'mints a user token for trying things out',
  usage: `Usage: tallymark token USER [--role ROLE] [--user-token-secret TEXT] [--config FILE]

The token holds for an hour. Unless it is given, the secret is the one that is configured for serve.`,
  maxWords: 1,
  options: ['role', 'user-token-secret', 'config'],

  async run({ words: [user], options }) {
    if (!user) throw new ConfigError('token takes the user’s id: tallymark token user-1')
    const { role } = options
    if (role === '') throw new ConfigError('--role: takes the role’s name')
    const { userTokenSecret } = readConfig(options)
    if (!userTokenSecret) throw new ConfigError('--user-token-secret: is needed to sign a token')
    const jwt = new SignJWT(role === undefined ? {} : { role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user)
      .setExpirationTime('1h')
    console.log(await jwt.sign(new TextEncoder().encode(userTokenSecret)))
    return 0
  },
}
