import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'

/** Fills a folder, unless it is there from an earlier run. One that was left half full is begun anew. */
export async function buildOnce(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder
  const building = `${folder}.building`
  rmSync(building, { recursive: true, force: true })
  mkdirSync(building, { recursive: true })
  await fill(building)
  renameSync(building, folder)
  return folder
}
