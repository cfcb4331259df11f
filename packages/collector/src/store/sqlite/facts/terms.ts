import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../../bounded-map.ts'

const cachedTerms = 20_000

/** The kinds of terms, by the number under which they are kept. */
export const termKinds = { search: 1, filter: 2, variant: 3 } as const
export type TermKind = keyof typeof termKinds

/** What the props of an event name: read by their shape, whatever the event type is called. */
export interface NamedTerms {
  search: string | null
  /** JSON: the filter, and its value. */
  filter: string | null
  /** JSON: the experiment, and its variant. */
  variant: string | null
  foundNothing: boolean
}

const none: NamedTerms = { search: null, filter: null, variant: null, foundNothing: false }

export function namedTerms(props: string | null): NamedTerms {
  // Most props name nothing of this: looking costs less than parsing.
  if (props === null || !/"(query|filter|experiment)":/.test(props)) return none
  const { query, resultsCount, filter, value, experiment, variant } = JSON.parse(props) as Record<string, unknown>
  const isSearch = typeof query === 'string'
  return {
    search: isSearch ? query : null,
    filter: typeof filter === 'string' ? JSON.stringify([filter, value ?? null]) : null,
    variant:
      typeof experiment === 'string' && typeof variant === 'string' ? JSON.stringify([experiment, variant]) : null,
    foundNothing: isSearch && resultsCount === 0,
  }
}

/** Texts from visitors that reports count, numbered. One that no event uses any more is forgotten: it may be personal. */
export class Terms {
  readonly #ids = new BoundedMap<string, number>(cachedTerms)
  readonly #find
  readonly #add
  readonly #use
  readonly #drop

  constructor(db: Database) {
    this.#find = db.prepare<[number, string], number>('SELECT id FROM term WHERE kind = ? AND text = ?').pluck()
    this.#add = db.prepare<[number, string]>('INSERT INTO term (kind, text, uses) VALUES (?, ?, 0)')
    this.#use = db.prepare<[number, number]>('UPDATE term SET uses = uses + ? WHERE id = ?')
    this.#drop = db.prepare<[number]>('DELETE FROM term WHERE id = ? AND uses <= 0')
  }

  /** The number of a text, given out now if it had none; 0 for none. */
  id(kind: TermKind, text: string | null): number {
    if (text === null) return 0
    const key = `${kind} ${text}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.find(kind, text) ?? Number(this.#add.run(termKinds[kind], text).lastInsertRowid)
    this.#ids.set(key, id)
    return id
  }

  find(kind: TermKind, text: string): number | undefined {
    return this.#find.get(termKinds[kind], text)
  }

  /** So many more events use it, or fewer. */
  use(id: number, times: number): void {
    this.#use.run(times, id)
    if (times > 0 || this.#drop.run(id).changes === 0) return
    this.#ids.clear()
  }

  forget(): void {
    this.#ids.clear()
  }
}
