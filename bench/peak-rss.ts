import { existsSync, readFileSync } from 'node:fs'

/** As Linux counts it from this program's start; elsewhere what the process that forked it had taken counts, too. */
export function peakRssBytes(): number {
  const peakKib =
    existsSync('/proc/self/status') && /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return (peakKib ? Number(peakKib) : process.resourceUsage().maxRSS) * 1024
}
