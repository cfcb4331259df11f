import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Package {
  name: string
  version: string
}

/**
 * Installs a rival into a folder of its own outside the repository, without running its scripts; kept between runs.
 * Returns the folder from which its imports resolve.
 */
export async function install(id: string, { name, version }: Package): Promise<string> {
  const folder = join(tmpdir(), 'tallymark-bench-rivals', `${id}-${version}`)
  const done = join(folder, 'installed')
  if (existsSync(done)) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], {
    cwd: folder,
    shell: process.platform === 'win32',
    timeout: 180_000,
  })
  writeFileSync(done, '')
  return folder
}
