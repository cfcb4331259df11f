import { findEngine } from '../../scripts/engines.ts'
import type { Driver, Tab, Visitor } from './driver.ts'
import { openScreen } from './screen.ts'
import { startWebDriver, type WebDriverSession } from './webdriver.ts'

/** WebKitGTK over WebDriver. */
export async function startWebkit(): Promise<Driver> {
  const screen = await openScreen()
  const start = (capabilities = {}) =>
    startWebDriver({ program: findEngine('webkit'), environment: { DISPLAY: screen.display }, capabilities })
  const { browserVersion, end } = await start()
  await end()
  return {
    name: 'WebKitGTK',
    version: browserVersion,
    async newVisitor(siteUrl) {
      // All that is not 127.0.0.1 is asked of the site, which thereby has addresses that nobody trusts.
      const proxy = { proxyType: 'manual', httpProxy: new URL(siteUrl).host, noProxy: ['127.0.0.1'] }
      return toVisitor(await start({ proxy }))
    },
    close: screen.close,
  }
}

async function toVisitor({ call, end }: WebDriverSession): Promise<Visitor> {
  const first = await call<string>('GET', '/window')
  let current = first
  let isFirstFree = true

  // A session looks at one tab at a time: commands to several tabs must not mix.
  let last: Promise<unknown> = Promise.resolve()
  function inTab<T>(handle: string, work: () => Promise<T>): Promise<T> {
    const next = last.then(async () => {
      if (handle !== current) await call('POST', '/window', { handle })
      current = handle
      return work()
    })
    last = next.catch(() => {})
    return next
  }

  const open = (handle: string, url: string) => inTab(handle, () => call<void>('POST', '/url', { url }))

  const execute = <T>(handle: string, script: string) =>
    inTab(handle, () => call<T>('POST', '/execute/sync', { script, args: [] }))

  const toTab = (handle: string): Tab => ({
    open: (url) => open(handle, url),
    run: (expression) => execute(handle, `return ${expression}`),
  })

  const newWindow = () => inTab(current, () => call<{ handle: string }>('POST', '/window/new', { type: 'tab' }))

  return {
    async newTab() {
      const handle = isFirstFree ? first : (await newWindow()).handle
      isFirstFree = false
      return toTab(handle)
    },
    async openAndDie(url, expression) {
      const { handle } = await newWindow()
      await open(handle, url)
      // No page can close a tab here. The driver can, and asks for it while the page has its hands full.
      await execute(
        handle,
        `setTimeout(() => { ${expression}; for (const end = Date.now() + 200; Date.now() < end; ); })`,
      )
      await inTab(handle, () => call('DELETE', '/window'))
    },
    insecure: (url) => `http://shop.test${new URL(url).pathname}`,
    close: end,
  }
}
