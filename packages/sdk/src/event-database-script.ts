import type { EventDatabase, openEventDatabase as open } from './event-database.ts'
import { loadSecondFile, type SecondFile, secondFile } from './second-file.ts'

/**
 * Stands in for `event-database.ts` in the first file of the script build: the database comes with the second file. Until
 * then events are in memory, and who leaves has the spill.
 */
export const openEventDatabase: typeof open = (name, bounds, mayConnect, onDelete) => {
  let database: EventDatabase | undefined
  const use = async (second: Promise<SecondFile>): Promise<EventDatabase> => {
    const { openEventDatabase } = await second
    database ??= openEventDatabase(name, bounds, mayConnect, onDelete)
    return database
  }
  return {
    // Of what could not be loaded, the dispatch says when to try again.
    add: async (added) => (await use(secondFile())).add(added),
    // Nobody knows whether there is anything to come again for.
    transact: async (mode, work) =>
      (await use(loadSecondFile()).catch(() => Promise.reject(false))).transact(mode, work),
    close() {
      mayConnect = false
      database?.close()
    },
  }
}
