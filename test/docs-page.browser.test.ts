import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { chromium } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { testCollector } from '../packages/collector/src/testing/test-collector.ts'
import { browserArgs, findBrowser } from '../scripts/browser.ts'

async function openDocs(options: { colorScheme: 'light' | 'dark'; width: number }) {
  const { app } = await testCollector()
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() })
  onTestFinished(async () => {
    await browser.close()
    server.close()
  })
  const page = await browser.newPage({
    colorScheme: options.colorScheme,
    viewport: { width: options.width, height: 800 },
  })
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await page.goto(`${base}/docs`)
  return { page, base, requests, complaints }
}

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)('the documentation is a page by itself: %s, %i wide', async (colorScheme, width) => {
  const { page, base, requests, complaints } = await openDocs({ colorScheme, width })
  const look = () =>
    page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body)
      const channels = [color, backgroundColor].map((text) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number))
      const [ink = 0, paper = 0] = channels.map((rgb) => rgb.reduce((sum, one) => sum + one, 0) / 3)
      return { overflow: document.documentElement.scrollWidth - innerWidth, ink, paper }
    })
  const { overflow, ink, paper } = await look()
  expect(overflow).toBe(0)
  // The policy lets its style through, and the style follows the scheme.
  expect(colorScheme === 'dark' ? ink - paper : paper - ink).toBeGreaterThan(180)

  await page.getByRole('link', { name: 'Wire format' }).click()
  await page.waitForURL(`${base}/docs/wire-format`)
  expect((await look()).overflow).toBe(0)
  await page.getByRole('navigation').getByRole('link', { name: 'Problems' }).click()
  await page.waitForURL(`${base}/docs#problems`)
  expect(await page.getByRole('heading', { name: 'Problems', level: 2 }).isVisible()).toBe(true)

  expect(requests.map((url) => new URL(url).pathname)).toEqual(['/docs', '/docs/wire-format', '/docs'])
  expect(complaints).toEqual([])
})
