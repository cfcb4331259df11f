import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Root on Debian or Ubuntu is a container or a CI machine; on anybody else's machine nothing is installed. */
export function isBareDebian(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/** Installs packages of the distribution. */
export function installPackages(...names: string[]): void {
  aptGet(names, 'update')
  aptGet(names, 'install', '--yes', '--no-install-recommends', ...names)
}

function aptGet(names: string[], ...args: string[]): void {
  try {
    execFileSync('apt-get', ['--option', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? `\n${error.stderr}` : ''
    throw new Error(`Installing ${names.join(', ')} failed.${said}`)
  }
}
