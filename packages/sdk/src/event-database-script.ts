import type { EventDatabase, openEventDatabase as open } from './event-database.ts'
import { loadSecondFile } from './second-file.ts'

/**
 * Stands in for `event-database.ts` in the first file of the script build: the database comes with the second file. Until
 * then events are in memory, and who leaves has the spill.
 */
export const openEventDatabase: typeof open = (name, bounds, mayConnect, onDelete) => {
  let database: EventDatabase | undefined
  const whenLoaded = async (): Promise<EventDatabase> => {
    const second = await loadSecondFile()
    database ??= second.openEventDatabase(name, bounds, mayConnect, onDelete)
    return database
  }
  return {
    add: async (added) => (await whenLoaded()).add(added),
    transact: async (mode, work) => (await whenLoaded()).transact(mode, work),
    close() {
      mayConnect = false
      database?.close()
    },
  }
}
