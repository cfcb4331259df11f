import { type CompiledPlan, eventSchema } from '@tallymark/schemas'
import type { Handler } from 'hono'
import { authorise } from './authorise.ts'
import { HttpProblem } from './http-problem.ts'
import type { IngestDependencies } from './ingest.ts'

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

const numbers = new Set(['position', 'durationMs'])
const scalars = new Set(
  Object.keys(eventSchema.shape).filter((field) => !['props', 'attribution', 'context'].includes(field)),
)

/**
 * `GET /v1/pixel.gif`: one event from an image, for e-mails and pages without scripts. Whoever asks sees the image,
 * whatever became of the event; it comes after the commit or the rejection.
 */
export function pixelHandler(deps: IngestDependencies & { plan: CompiledPlan }): Handler {
  return async (c) => {
    const receivedAt = deps.now()
    try {
      const key = await authorise(c, deps.ring, ['write'])
      const event = readEvent(new URL(c.req.url).searchParams)
      if (deps.plan.event(String(event.eventType))?.pixel) {
        await deps.pipeline.ingest(
          { events: [event], pointer: '', mayBeTooLarge: false },
          { receivedAt, trust: key.kind === 'write' ? 'public' : 'server', actor: null },
        )
      }
    } catch (error) {
      // Nobody reads a pixel's answer; a refusal is as good as an image, a fault of ours belongs into the log.
      if (!(error instanceof HttpProblem)) deps.onError(error)
    }
    return c.body(gif, 200, { 'Content-Type': 'image/gif', 'Cache-Control': 'no-store' })
  }
}

/** Scalar fields by their names, props as `props.NAME`. A name that no event has makes the event invalid, as in a body. */
function readEvent(query: URLSearchParams): Record<string, unknown> {
  const event: Record<string, unknown> = {}
  const props: Record<string, string> = {}
  for (const [name, value] of query) {
    if (name === 'key') continue
    if (name.startsWith('props.')) props[name.slice('props.'.length)] = value
    else event[name] = scalars.has(name) ? readScalar(name, value) : value
  }
  return Object.keys(props).length > 0 ? { ...event, props } : event
}

function readScalar(name: string, value: string): unknown {
  if (name === 'completed' && (value === 'true' || value === 'false')) return value === 'true'
  if (numbers.has(name) || (name === 'occurredAt' && /^\d+$/.test(value))) return Number(value)
  return value
}
