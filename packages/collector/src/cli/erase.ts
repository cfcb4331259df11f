import { ConfigError, readConfig } from '../config.ts'
import type { Person } from '../store/store.ts'
import type { Command } from './command.ts'
import { withIdleDatabase } from './with-database.ts'

export const erase: Command = {
  summary: 'erases a user or a visitor, while no collector runs',
  usage: `Usage: tallymark erase user ID|visitor ANONYMOUS_ID [--db FILE] [--config FILE]

A running collector erases at DELETE /v1/users/ID and DELETE /v1/visitors/ANONYMOUS_ID. Backups are left as they are:
delete those that are older. Unless --db is given, the database is the one that is configured for serve.`,
  maxWords: 2,
  options: ['db', 'config'],

  run({ words: [kind, id], options }) {
    const person = readPerson(kind, id)
    return withIdleDatabase(readConfig(options), async (store) => {
      const { events, unlinked } = await store.erase(person)
      console.log(`erased: ${events} events; ${unlinked} events of signed-in users name the device no more`)
      return 0
    })
  },
}

function readPerson(kind: string | undefined, id: string | undefined): Person {
  if (!id || (kind !== 'user' && kind !== 'visitor'))
    throw new ConfigError('erase takes user ID or visitor ANONYMOUS_ID')
  if (kind === 'user') return { userId: id }
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) throw new ConfigError(`${id}: an anonymous id is a UUID`)
  return { anonymousId: id }
}
