import puppeteer from 'puppeteer-core'
import { findEngine } from '../../scripts/engines.ts'
import { anyAddress, type Driver, type Tab } from './driver.ts'
import { until } from './until.ts'

/** Firefox over WebDriver BiDi. */
export async function startFirefox(): Promise<Driver> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: findEngine('firefox'),
    headless: true,
    extraPrefsFirefox: {
      // A tab that nobody opened may close itself.
      'dom.allow_scripts_to_close_windows': true,
      // To visit an address that it does not trust.
      'network.socket.ip_addr_any.disabled': false,
    },
  })
  return {
    name: 'Firefox',
    version: await browser.version(),
    async newVisitor() {
      const context = await browser.createBrowserContext()
      let isOffline = false
      const setOffline = async (offline: boolean) => {
        isOffline = offline
        for (const page of await context.pages()) await page.setOfflineMode(offline)
      }
      async function newTab(): Promise<Tab> {
        const page = await context.newPage()
        if (isOffline) await page.setOfflineMode(true)
        return {
          async open(url) {
            await page.goto(url)
          },
          run: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
        }
      }
      return {
        newTab,
        async openAndDie(url, expression) {
          const page = await context.newPage()
          await page.goto(url)
          await page.evaluate(`void setTimeout(() => { ${expression}; close() })`)
          await until(() => page.isClosed(), 5_000)
        },
        insecure: anyAddress,
        setOffline,
        close: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}
