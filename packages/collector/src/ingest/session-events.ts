import { type SessionBody, sessionEndType, sessionStartType } from '@tallymark/schemas'
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'

type MarkerFields = Omit<SessionBody, 'userToken'>

/** The event that begins a new session. Its id is the session's. */
export function sessionStart(fields: MarkerFields) {
  const sessionId = uuidv7()
  return { ...fields, eventType: sessionStartType, sessionId, idempotencyKey: sessionId }
}

/** The event that ends a session. It has the same id each time, so that closing twice ends the session once. */
export function sessionEnd(sessionId: string, fields: MarkerFields) {
  return { ...fields, eventType: sessionEndType, sessionId, idempotencyKey: uuidv5(sessionEndType, bytesOf(sessionId)) }
}

/** As text, an id whose version nobody knows would not do for a namespace. */
const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')
