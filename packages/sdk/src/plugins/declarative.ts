import type { Plan } from '@tallymark/schemas'
import { readMarkup } from './parts/markup.ts'
import type { AnyTracker, Stop } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'

const propPrefix = 'trackProp'

/**
 * Records what the markup says, when it is clicked, by mouse, touch or keyboard; of forms, when they are submitted; of
 * links, also when the middle button opens them. The innermost element with a `data-track` counts.
 *
 * - `data-track="save"`: the event type
 * - `data-track-entity="project:42"`, `data-track-surface="explore"`, `data-track-position="3"`: on the element or around it
 * - `data-track-prop-rating="5"`: a prop `rating`. What reads as JSON is taken as such, all else as text; `results-count`
 *   becomes `resultsCount`
 *
 * @returns a function that stops it
 * @example
 * // <button data-track="save" data-track-entity="project:42">Save</button>
 * const stop = trackDeclared(tracker)
 */
export function trackDeclared<P extends Plan>(tracker: AnyTracker<P>): Stop {
  return start('declarative', tracker, ({ listen }, to) => {
    const hear = (event: Event) => {
      const path = event.composedPath().filter((node) => node instanceof HTMLElement || node instanceof SVGElement)
      const middle = event.type === 'auxclick'
      if (middle && ((event as MouseEvent).button !== 1 || !path.some((element) => element.matches('a[href]')))) return
      const submitted = event.type === 'submit'
      const element = path.find(({ dataset, tagName }) => dataset.track && (tagName === 'FORM') === submitted)
      if (!element?.dataset.track) return
      const props = readProps(element.dataset)
      to.track(element.dataset.track, { ...readMarkup(element), ...(props && { props }) })
    }
    for (const type of ['click', 'auxclick', 'submit']) listen(window, type, hear)
  })
}

function readProps(dataset: DOMStringMap): Record<string, unknown> | undefined {
  const props = Object.entries(dataset)
    .filter(([key]) => key.startsWith(propPrefix) && key !== propPrefix)
    .map(([key, text = '']) => {
      const name = key.slice(propPrefix.length)
      return [name.charAt(0).toLowerCase() + name.slice(1), parse(text)]
    })
  return props.length > 0 ? Object.fromEntries(props) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
