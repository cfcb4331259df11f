import { delimiter, join } from 'node:path'
import { isProgram } from './program.ts'

const NAMES = ['chromium', 'google-chrome-stable', 'google-chrome', 'chrome', 'chromium-browser']

const PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/google-chrome-stable', '/opt/google/chrome/chrome', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(process.env.HOME ?? '', 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
    ]),
}

/**
 * The path of the Chrome or Chromium that the tests drive: `CHROME_PATH` when it is set, else the usual places.
 * Throws one sentence when there is none, so that a missing browser is never a skipped test.
 */
export function findBrowser(): string {
  const chosen = process.env.CHROME_PATH
  if (chosen) {
    if (isProgram(chosen)) return chosen
    throw new Error(`CHROME_PATH is ${chosen}, which is not a program: set it to the path of Chrome or Chromium.`)
  }
  const found = [...(PLACES[process.platform] ?? []), ...placesOnPath()].find(isProgram)
  if (found) return found
  throw new Error('No Chrome or Chromium found: install either, or set CHROME_PATH to the path of its program.')
}

/** Without a window Chromium calls itself headless, which is what programs do. */
const VISITOR = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/**
 * Flags for every launch: no traffic of the browser's own, no graphics card needed, no sandbox where root has none. And
 * pages are not told that a test drives them, for a tracker is right to leave such visits out.
 */
export function browserArgs(): string[] {
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-gpu',
    '--disable-quic',
    '--disable-blink-features=AutomationControlled',
    `--user-agent=${VISITOR}`,
  ]
  return process.getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet
}

function placesOnPath(): string[] {
  const extension = process.platform === 'win32' ? '.exe' : ''
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name + extension)))
}
