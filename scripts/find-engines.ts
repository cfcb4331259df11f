// Runs before the full tests: makes sure that there are the other browsers, Firefox and WebKit, and says which.
import { installPackages, isBareDebian } from './debian.ts'
import { engines, findEngine, missingPackages } from './engines.ts'

try {
  const missing = missingPackages()
  if (missing.length > 0 && isBareDebian()) {
    console.log(`Not on this machine: ${missing.join(', ')}; installing …`)
    installPackages(...missing)
  }
  console.log(`Engines for the full tests: ${engines.map(findEngine).join(', ')}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
