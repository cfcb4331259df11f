import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { textOf } from '../../packages/collector/src/store/sqlite/shared-texts.ts'
import { withoutRates } from '../support/collector-process.ts'

const require = createRequire(import.meta.url)
const command = join(dirname(require.resolve('@tallymark/collector/package.json')), 'dist/main.js')

export const writeKey = 'tm_pub_delivery_scenarios'

/** A row of the log, with the names that its fields have on the wire. */
export interface StoredEvent {
  eventType: string
  entityId: string | null
  actorId: string | null
  sessionId: string
  anonymousId: string | null
  occurredAt: number
  props: Record<string, unknown>
  attribution: { utmCampaign?: string; clickIdType?: string; clickId?: string; landingPage?: string; referrer?: string }
  context: { path?: string; consent?: string }
}

export interface Collector {
  url: string
  /** The numbers of the events of a type, one for each row of the database. */
  stored(eventType: string): number[]
  /** The row of an event, if there is one. */
  find(id: string): StoredEvent | undefined
  stop(): Promise<void>
}

/**
 * The built collector in its own process, with a database of its own that is read beside it.
 *
 * @param settings more of what `tallymark serve` takes
 */
export async function startCollector(settings: readonly string[] = []): Promise<Collector> {
  const folder = await mkdtemp(join(tmpdir(), 'tallymark-delivery-'))
  const file = join(folder, 'tallymark.db')
  const args = [
    'serve',
    '--db',
    file,
    '--port',
    '0',
    '--write-key',
    writeKey,
    '--log-level',
    'warn',
    ...withoutRates,
    ...settings,
  ]
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /listens on (\S+)\s/.exec(said)?.[1]
      if (found) resolve(found)
    })
    child.once('close', (code) => reject(new Error(`The collector did not start (exit code ${code}).`)))
  })
  const db = new Database(file, { readonly: true })
  const select = db
    .prepare<[string], string>(
      `SELECT ${textOf('event.props')} FROM event JOIN dictionary AS type ON type.id = event.type WHERE type.value = ?`,
    )
    .pluck()
  const row = db
    .prepare<[Buffer], string>(
      `SELECT json_object('eventType', type.value, 'entityId', entity.key, 'actorId', actor.key, 'sessionId', lower(hex(session_id)),
         'anonymousId', iif(anonymous_id IS NULL, NULL, lower(hex(anonymous_id))), 'occurredAt', occurred_at, 'props', json(ifnull(${textOf('event.props')}, '{}')),
         'attribution', json_patch(ifnull(campaign.value, '{}'), ifnull(${textOf('event.arrival')}, '{}')),
         'context', json_patch(ifnull(device.value, '{}'), ifnull(${textOf('event.page')}, '{}')))
       FROM event
       JOIN dictionary AS type ON type.id = event.type
       LEFT JOIN dictionary AS campaign ON campaign.id = event.campaign
       LEFT JOIN dictionary AS device ON device.id = event.device
       LEFT JOIN entity ON entity.id = event.entity
       LEFT JOIN actor ON actor.id = event.actor
       WHERE event.id = ?`,
    )
    .pluck()
  return {
    url,
    stored: (eventType) => select.all(eventType).map((props) => JSON.parse(props).n),
    find(id) {
      const found = row.get(Buffer.from(id.replaceAll('-', ''), 'hex'))
      return found === undefined ? undefined : JSON.parse(found)
    },
    async stop() {
      db.close()
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
