/** What a newcomer pastes in the first ten minutes works as it stands, in a real browser. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { browserArgs, findBrowser } from '../scripts/browser.ts'
import { bundle } from './support/bundle.ts'
import { ask, startCollector } from './support/collector-process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() })
})

afterAll(() => browser.close())

test('the README’s code, with the key that serve printed', async () => {
  const { url, keys } = await startCollector(databaseFile())
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  const script = code.replaceAll('http://127.0.0.1:4600', url).replaceAll('tm_pub_…', keys.write)
  const page = await openPage('<title>…</title><script type="module" src="/page.js"></script>', await bundle(script))
  await expect.poll(() => page.title()).toBe('1 people saved this')
})

test('the snippet that serve prints, and the address to see what it counted', async () => {
  const { said, keys } = await startCollector(databaseFile())
  const snippet = /^ +(<script[\s\S]*<\/button>)$/m.exec(said.stdout)?.[1] ?? ''
  const countsUrl = /curl '([^']+)'/.exec(said.stdout)?.[1] ?? ''
  const page = await openPage(snippet)
  await page.getByRole('button', { name: 'Like' }).click()
  const likes = async () => (await ask(countsUrl, keys.write)).body
  await expect.poll(likes, { timeout: 10_000 }).toMatchObject({ counts: { home: { like: { count: 1, unique: 1 } } } })
})

const databaseFile = () => join(tempFolder(), 'tallymark.db')

/** A page of a site of its own: the collector is another origin, as in life. */
async function openPage(html: string, scripts: ReadonlyMap<string, string> = new Map()) {
  const site = createServer(({ url = '/' }, response) => {
    const script = scripts.get(url)
    const mediaType = script === undefined ? 'text/html; charset=utf-8' : 'text/javascript'
    response.setHeader('Content-Type', mediaType).end(script ?? html)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const page = await browser.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  onTestFinished(async () => {
    await page.close()
    site.closeAllConnections()
    await new Promise((resolve) => site.close(resolve))
    expect(faults).toEqual([])
  })
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  return page
}
