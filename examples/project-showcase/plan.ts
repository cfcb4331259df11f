/**
 * A project showcase with a trending feed. A view counts once in five minutes for one viewer and one project; every
 * click counts, and says from which part of the product and from which place in the list. Projects must be put with
 * the secret key first: an event on any other is answered 404.
 *
 *     tallymark serve --plan plan.ts
 */
import { definePlan } from '@tallymark/schemas'

const clickSurfaces = [
  'explore_for_you',
  'explore_trending',
  'explore_new',
  'explore_news',
  'search',
  'profile',
  'related',
] as const

export const plan = definePlan({
  name: 'project-showcase',
  entities: {
    project: { registered: true },
  },
  events: {
    view: {
      on: ['project'],
      role: 'view',
      public: true,
      surfaces: ['explore', 'profile', 'direct', 'search', 'embed'],
      defaultSurface: 'direct',
      dedupe: { window: '5m', by: ['entity', 'viewer'] },
    },

    // A click without its surface or its position is refused: the click-through rates are made of them.
    click: { on: ['project'], role: 'click', surfaces: clickSurfaces, requires: ['position'], dedupe: 'none' },
    impression: { on: ['project'], role: 'impression', surfaces: clickSurfaces, requires: ['position'] },

    // Likes and views of the last day against those of the day before make a project trend.
    like: { on: ['project'], role: 'like', public: true },
    unlike: { on: ['project'], role: 'unlike', public: true },
  },
})
