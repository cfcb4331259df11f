import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createCollector, type Store } from '@tallymark/collector'
import Database from 'better-sqlite3'
import { worthEachHour } from '../../packages/collector/src/summary-jobs.ts'
import { buildOnce } from './build-once.ts'
import { history } from './history.ts'
import { plan } from './plan.ts'
import { perSecond, say } from './say.ts'
import { entities, now } from './site.ts'

/** As many as the writer commits at once. */
const groupEvents = 2000
/** The next group is made while the writer works on the ones before. */
const groupsUnderWay = 3

/** The history in a collector's database, stored and folded by the collector's own store. Returns the file. */
export async function buildCollectorFile(folder: string, events: number): Promise<string> {
  const name = 'tallymark.db'
  await buildOnce(folder, async (building) => {
    await withStore(join(building, name), async (store) => {
      await store.putEntities(entities.map((entity) => ({ ...entity, visibility: 'public', metadata: null })))
      const seconds = await timed(() => appendAll(store, events))
      say(`${perSecond(events, seconds)} stored; ${await foldAll(store, events)}`)
    })
  })
  await withStore(join(folder, name), async (store) => {
    // What was built before has no rows in projections that are new since: they come from the log.
    say(await foldAll(store, events))
    // As the collector does each hour.
    const seconds = await timed(() => store.summarise(worthEachHour))
    say(`summarised in ${seconds.toFixed(1)} s`)
  })
  return join(folder, name)
}

async function withStore(file: string, work: (store: Store) => Promise<void>): Promise<void> {
  const onError = (error: unknown) => {
    throw error
  }
  const { store, close } = await createCollector({ file, plan, durability: 'normal', now: () => now, onError })
  try {
    await work(store)
  } finally {
    await close()
  }
}

async function appendAll(store: Store, events: number): Promise<void> {
  const underWay: Promise<void>[] = []
  for (const day of history(events)) {
    for (let at = 0; at < day.length; at += groupEvents) {
      const group = day.slice(at, at + groupEvents)
      underWay.push(
        store.append(group).then((outcomes) => {
          const other = outcomes.find((outcome) => outcome !== 'stored')
          if (other) throw new Error(`an event of the history was not stored: ${other}`)
        }),
      )
      if (underWay.length >= groupsUnderWay) await underWay.shift()
    }
  }
  await Promise.all(underWay)
}

async function foldAll(store: Store, events: number): Promise<string> {
  const seconds = await timed(() => store.flush())
  return `folded ${seconds.toFixed(1)} s longer (${perSecond(events, seconds)})`
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Bytes of the file's tables with their indexes, the largest first; `free` is what no table has. */
export function bytesByTable(file: string): [table: string, bytes: number][] {
  const db = new Database(file, { readonly: true })
  try {
    const rows = db
      .prepare<[], { name: string; bytes: number }>(`
        SELECT coalesce(tbl_name, stat.name) AS name, sum(stat.bytes) AS bytes
        FROM (SELECT name, pgsize AS bytes FROM dbstat WHERE aggregate = TRUE) stat
        LEFT JOIN sqlite_schema ON sqlite_schema.name = stat.name GROUP BY 1 ORDER BY 2 DESC`)
      .all()
    const used = rows.reduce((sum, { bytes }) => sum + bytes, 0)
    return [...rows.map(({ name, bytes }): [string, number] => [name, bytes]), ['free', statSync(file).size - used]]
  } finally {
    db.close()
  }
}
