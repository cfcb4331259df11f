import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** A guide of `docs/`, as the build made HTML of it. */
export interface Guide {
  name: string
  title: string
  html: string
}

let guides: readonly Guide[] | undefined

/** The guides, in the order of the contents. */
export function readGuides(): readonly Guide[] {
  const root = createRequire(import.meta.url).resolve('@tallymark/collector/package.json')
  guides ??= JSON.parse(readFileSync(new URL('dist/guides.json', `file://${root}`), 'utf8')) as Guide[]
  return guides
}
