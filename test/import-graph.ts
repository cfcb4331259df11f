import type { Source } from './source-tree.ts'

/** The first cycle found, types included: two files that need each other to be understood are one file. */
export function findCycle(sources: Source[]): string | undefined {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const done = new Set<string>()
  const walk = (path: string, trail: string[]): string | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' → ')
    if (done.has(path)) return undefined
    for (const { own, target } of byPath.get(path)?.imports ?? []) {
      const cycle = own ? walk(target, [...trail, path]) : undefined
      if (cycle) return cycle
    }
    done.add(path)
    return undefined
  }
  for (const { path } of sources) {
    const cycle = walk(path, [])
    if (cycle) return cycle
  }
  return undefined
}

/** Every file and package that loading `start` loads in the end; what is imported as a type is not loaded. */
export function loadedFrom(start: string, sources: Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const loaded = new Set([start])
  for (const path of loaded) {
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly) loaded.add(target)
    }
  }
  return [...loaded]
}
