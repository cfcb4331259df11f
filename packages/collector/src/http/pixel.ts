import { type CompiledPlan, eventSchema } from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { clientBehind } from './client-signs.ts'
import { HttpProblem } from './http-problem.ts'
import { admitSender, type IngestDependencies } from './ingest.ts'
import { requestIdOf, routeOf } from './observe.ts'
import { described, type Operation, text } from './operation.ts'

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

const numbers = new Set(['position', 'durationMs', 'occurredAt'])
const decimal = /^-?\d+(\.\d+)?$/

const pixel = {
  id: 'trackByPixel',
  tag: 'Events',
  summary: 'Takes one event from an image',
  description: `For e-mails and pages without scripts: fields are parameters, props are \`props.NAME\`. Only for event types
that the plan marks \`pixel\`.`,
  keys: ['write'],
  query: eventSchema.omit({ props: true, attribution: true, context: true, actorId: true, actorType: true }),
  answers: { 200: text('The image, whatever became of the event, after the commit or the rejection', 'image/gif') },
  problems: 'never',
} satisfies Operation

/**
 * `GET /v1/pixel.gif`: one event from an image, for e-mails and pages without scripts. Whoever asks sees the image,
 * whatever became of the event; it comes after the commit or the rejection.
 */
export function pixelHandler(deps: IngestDependencies & { plan: CompiledPlan; isStopping: () => boolean }): Handler {
  return described(pixel, async (c) => {
    try {
      // HEAD only asks what GET would answer.
      if (c.req.method === 'HEAD' || deps.isStopping()) return image(c)
      const { key, receivedAt, clientKey } = await admitSender(c, deps, pixel.keys)
      const event = readEvent(new URL(c.req.url).searchParams)
      if (deps.plan.event(String(event.eventType))?.pixel) {
        const inputs = { events: [event], pointer: '' }
        const client = clientBehind(c, key, deps.readClient)
        const request = { receivedAt, trust: 'public', keyId: key.id, clientKey, actor: null, client } as const
        await deps.admission.hold(0, () => deps.pipeline.ingest(inputs, request))
      }
    } catch (error) {
      // Nobody reads a pixel's answer; a refusal is as good as an image, a fault of ours belongs into the log.
      if (!(error instanceof HttpProblem)) deps.onError(error, { requestId: requestIdOf(c), route: routeOf(c) })
    }
    return image(c)
  })
}

const image = (c: Context) => c.body(gif, 200, { 'Content-Type': 'image/gif', 'Cache-Control': 'no-store' })

/** Scalar fields by their names, props as `props.NAME`. A name that no event has makes the event invalid, as in a body. */
function readEvent(query: URLSearchParams): Record<string, unknown> {
  const fields = [...query].filter(([name]) => name !== 'key')
  const isProp = ([name]: [string, string]) => name.startsWith('props.')
  const event = Object.fromEntries(
    fields.filter((field) => !isProp(field)).map(([name, value]) => [name, readScalar(name, value)]),
  )
  const props = fields.filter(isProp).map(([name, value]) => [name.slice('props.'.length), value])
  return props.length > 0 ? { ...event, props: Object.fromEntries(props) } : event
}

function readScalar(name: string, value: string): unknown {
  if (name === 'completed' && (value === 'true' || value === 'false')) return value === 'true'
  if (numbers.has(name) && decimal.test(value)) return Number(value)
  return value
}
