import type { Step } from './draft.ts'

/** What the operator wants of bots: stored and left out of reports, given up, or taken for visitors. */
export const botPolicies = ['mark', 'drop', 'keep'] as const
export type BotPolicy = (typeof botPolicies)[number]

/**
 * Why the event may come from a bot. A server that calls with a secret key is none, and neither is somebody who asks
 * not to be tracked, by Global Privacy Control or in another way.
 */
export const markBot: Step = (draft) => {
  const { client } = draft.request
  if (!client) return undefined
  const signs = [
    // An app on a phone says which library it sends with, as a script does.
    client.agent.isBot && draft.event.source !== 'mobile' && 'user_agent',
    draft.context?.webdriver && 'webdriver',
    client.inDatacenter && 'datacenter',
  ]
  draft.bot = signs.filter(Boolean).join(' ') || null
  return undefined
}
