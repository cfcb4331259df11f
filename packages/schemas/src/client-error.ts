import { z } from 'zod'

/** The reserved event type by which clients tell of their own errors. No plan declares it, every plan takes it. */
export const clientErrorType = 'client_error'

export const clientErrorKinds = ['validation', 'network', 'database', 'authentication'] as const
export type ClientErrorKind = (typeof clientErrorKinds)[number]

/** The `props` of such an event. */
export const clientErrorPropsSchema = z.strictObject({
  kind: z.enum(clientErrorKinds),
  /** What was being done. */
  context: z.string().min(1).max(500),
  message: z.string().min(1).max(1000),
  stack: z.string().max(6000).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})
