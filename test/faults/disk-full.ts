import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Fault, Scene } from './fault.ts'

/** No file of its process can grow any more: it meets EFBIG. Needs no rights. */
export const noRoomToGrow: Fault = {
  name: 'may not make its files any larger',
  cause: (scene) => limitFileSize(scene, '4096'),
  shows: 'refusals',
  heal: (scene) => limitFileSize(scene, 'unlimited'),
}

/** Only the limit in force, for a hard limit could not be lifted again. */
const limitFileSize = ({ collector }: Scene, bytes: string) =>
  void execFileSync('prlimit', ['--pid', String(collector.pid), `--fsize=${bytes}:`])

const diskBytes = 64 * 1024 * 1024

/** Its disk, a small one in memory, is filled by somebody else: it meets ENOSPC. Needs user namespaces, or root. */
export const diskFull: Fault = {
  name: 'has no room on its disk',

  /** The disk is mounted in a namespace of its own, so that nothing can be left behind. */
  async prepare(folder) {
    const mount = 'mount -t tmpfs -o "size=$1" none "$2" && echo mounted && exec sleep infinity'
    const holder = spawn(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh', String(diskBytes), folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const gone = once(holder, 'close')
    onTestFinished(async () => {
      holder.kill()
      await gone
    })
    await Promise.race([
      once(holder.stdout, 'data'),
      gone.then(() => {
        throw new Error('no disk could be mounted for the test: it needs user namespaces, or root')
      }),
    ])
    const { pid } = holder
    return {
      options: { within: ['nsenter', '--preserve-credentials', '--user', '--mount', '--target', String(pid)] },
      seenAs: `/proc/${pid}/root${folder}`,
    }
  },

  cause({ folder }) {
    const ballast = openSync(join(folder, 'ballast'), 'w')
    try {
      for (let size = 1024 * 1024; size >= 512; ) size = hasRoomFor(ballast, size) ? size : size / 2
    } finally {
      closeSync(ballast)
    }
  },
  shows: 'refusals',
  heal: ({ folder }) => rmSync(join(folder, 'ballast')),
}

function hasRoomFor(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
