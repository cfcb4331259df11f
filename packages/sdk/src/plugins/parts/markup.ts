import type { EntityRef } from '@tallymark/schemas'
import type { EventOptions } from '../../event.ts'

/**
 * Reads what the markup says of an element: `data-track-entity="project:42"`, `data-track-surface` and
 * `data-track-position`, each from the element itself or the nearest one around it, shadow trees included.
 */
export function readMarkup(element: Element): EventOptions {
  const entity = /(?<type>.+?):(?<id>.+)/.exec(nearest(element, 'entity') ?? '')?.groups as EntityRef | undefined
  const surface = nearest(element, 'surface')
  const position = nearest(element, 'position')
  return {
    ...(entity && { entity }),
    ...(surface && { surface }),
    ...(position && { position: Number(position) }),
  }
}

function nearest(element: Element, name: string): string | null | undefined {
  const attribute = `data-track-${name}`
  const { host } = element.getRootNode() as Partial<ShadowRoot>
  const found = element.closest(`[${attribute}]`)
  return found ? found.getAttribute(attribute) : host && nearest(host, name)
}
