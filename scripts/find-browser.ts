// Runs before the tests: makes sure that there is a browser for them, and says which.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findBrowser } from './browser.ts'

try {
  console.log(`Browser for the tests: ${findOrInstall()}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function findOrInstall(): string {
  if (process.env.CHROME_PATH || !isBareDebian()) return findBrowser()
  try {
    return findBrowser()
  } catch {
    console.log('No Chrome or Chromium on this machine: installing Debian’s chromium …')
    installChromium()
    return findBrowser()
  }
}

/** Root on Debian or Ubuntu is a container or a CI machine; on anybody else's machine nothing is installed. */
function isBareDebian(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/** Without a font of its own a bare machine renders text as boxes. */
function installChromium(): void {
  aptGet('update')
  aptGet('install', '--yes', '--no-install-recommends', 'chromium', 'fonts-liberation')
}

function aptGet(...args: string[]): void {
  try {
    execFileSync('apt-get', ['--option', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? `\n${error.stderr}` : ''
    throw new Error(`Installing chromium failed: install Chrome or Chromium, or set CHROME_PATH.${said}`)
  }
}
