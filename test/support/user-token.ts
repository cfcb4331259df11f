import { createHmac } from 'node:crypto'

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A user token as a product's server signs it: a JWT with HS256. */
export function signUserToken(secret: string, sub: string, expiresInS = 3_600): string {
  const claims = { sub, exp: Math.floor(Date.now() / 1_000) + expiresInS }
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
