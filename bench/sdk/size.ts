import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { bundlePlugin, type Contestant, entryName, type Files } from './bundle.ts'
import { visiting } from './visit.ts'

/** In gzip, of an application that sets the tracker up and records one event. */
export interface Size {
  /** What the page waits for. */
  entryBytes: number
  /** What it has loaded beside that once its first event has arrived. */
  lazyBytes: number
}

export async function measureSize(browser: Browser, contestant: Contestant): Promise<Size> {
  const { application, page: files } = contestant
  return visiting(browser, contestant, async ({ page, site, sink }) => {
    await page.goto(site.page)
    await page.evaluate("trackMany('save', 1)")
    if (!(await sink.arrived(1, 15_000))) throw new Error('its first event never arrived')
    const atOnce = eager(files)
    const later = [...site.served].filter((name) => !atOnce.has(name))
    return { entryBytes: gzipped(application, eager(application)), lazyBytes: gzipped(files, later) }
  })
}

/** This SDK's capture helpers, each alone: gzip bytes by name. */
export async function measurePlugins(): Promise<[name: string, bytes: number][]> {
  const manifest = new URL('../../packages/sdk/package.json', import.meta.url)
  const entries: Record<string, { import?: { default: string } }> = JSON.parse(readFileSync(manifest, 'utf8')).exports
  const names = Object.entries(entries)
    .filter(([, { import: file }]) => file?.default.startsWith('./dist/plugins/'))
    .map(([name]) => name.slice(2))
  return Promise.all(
    names.map(async (name): Promise<[string, number]> => {
      const files = await bundlePlugin(name)
      return [name, gzipped(files, files.keys())]
    }),
  )
}

/** The entry and what it imports statically, directly or not. */
function eager(files: Files): Set<string> {
  const names = new Set([entryName])
  for (const name of names) {
    const code = Buffer.from(files.get(name) ?? []).toString('utf8')
    for (const [, imported = ''] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
      if (files.has(imported)) names.add(imported)
    }
  }
  return names
}

function gzipped(files: Files, names: Iterable<string>): number {
  return [...names].reduce((total, name) => total + gzipSync(files.get(name) ?? '', { level: 9 }).length, 0)
}
