// Runs before the tests: makes sure that there is a browser for them, and says which.
import { findBrowser } from './browser.ts'
import { installPackages, isBareDebian } from './debian.ts'

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
    // Without a font of its own a bare machine renders text as boxes.
    installPackages('chromium', 'fonts-liberation')
    return findBrowser()
  }
}
