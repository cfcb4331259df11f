import { chromium, type Page } from 'playwright-core'
import { browserArgs, findBrowser } from '../../scripts/browser.ts'
import { anyAddress, type Driver, type Tab } from './driver.ts'

export const launchChromium = () =>
  chromium.launch({
    executablePath: findBrowser(),
    args: browserArgs(),
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })

export async function startChromium(): Promise<Driver> {
  const browser = await launchChromium()
  return {
    name: 'Chromium',
    version: browser.version(),
    async newVisitor() {
      const context = await browser.newContext()
      return {
        newTab: async () => toTab(await context.newPage()),
        async openAndDie(url, expression) {
          const opener = await context.newPage()
          await opener.goto(url)
          // Only a tab that a page has opened may close itself.
          const [popup] = await Promise.all([opener.waitForEvent('popup'), opener.evaluate('void open(location)')])
          await popup.waitForLoadState()
          const closed = popup.waitForEvent('close', { timeout: 5_000 })
          await Promise.all([closed, popup.evaluate(`void setTimeout(() => { ${expression}; close() })`)])
        },
        insecure: anyAddress,
        setOffline: (offline) => context.setOffline(offline),
        close: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}

const toTab = (page: Page): Tab => ({
  async open(url) {
    await page.goto(url)
  },
  run: (expression) => page.evaluate(expression),
})
