import { fromBase64 } from './wire.ts'

/** The markers in what a request says, each with the id of the event around it, or an empty one. */
export function markedEvents(said: unknown, idField = ''): Map<string, string> {
  const found = new Map<string, string>()
  function search(node: unknown, id: string): void {
    if (typeof node === 'string') {
      for (const marker of markersIn(node)) found.set(marker, id)
    } else if (typeof node === 'object' && node !== null) {
      const own = (node as Record<string, unknown>)[idField]
      for (const child of Object.values(node)) search(child, typeof own === 'string' ? own : id)
    }
  }
  search(said, '')
  return found
}

/** The number of a marked event of this type; undefined for other markers. */
export function numberOf(marker: string, type: string): number | undefined {
  const prefix = `m-${type}-`
  return marker.startsWith(prefix) ? Number(marker.slice(prefix.length)) : undefined
}

function markersIn(text: string): string[] {
  const isBase64 = text.length > 20 && /^[\w+/-]+=*$/.test(text)
  return (isBase64 ? text + fromBase64(text) : text).match(/\bm-[a-z_]+-\d{5}\b/g) ?? []
}
