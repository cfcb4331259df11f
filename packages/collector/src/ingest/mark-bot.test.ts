import { expect, test } from 'vitest'
import { draftOf, someClient } from '../testing/drafts.ts'
import type { Client } from './client.ts'
import { markBot } from './mark-bot.ts'

function signsOf(event: Record<string, unknown>, client: Client | null = someClient()) {
  const draft = draftOf(event, { client })
  expect(markBot(draft)).toBeUndefined()
  return draft.bot
}

const program = { json: null, isBot: true }

test('nobody is a bot without a sign', () => {
  expect(signsOf({})).toBeNull()
  expect(signsOf({ context: { webdriver: false } })).toBeNull()
})

test('each sign is named', () => {
  expect(signsOf({}, someClient({ agent: program }))).toBe('user_agent')
  expect(signsOf({ context: { webdriver: true } })).toBe('webdriver')
  expect(signsOf({}, someClient({ inDatacenter: true }))).toBe('datacenter')
  expect(signsOf({ context: { webdriver: true } }, someClient({ agent: program, inDatacenter: true }))).toBe(
    'user_agent webdriver datacenter',
  )
})

test('an app is no bot for the library that it sends with', () => {
  expect(signsOf({ source: 'mobile' }, someClient({ agent: program }))).toBeNull()
  expect(signsOf({ source: 'mobile' }, someClient({ agent: program, inDatacenter: true }))).toBe('datacenter')
})

test('a server’s call is none, whatever the event says', () => {
  expect(signsOf({ context: { webdriver: true } }, null)).toBeNull()
})
