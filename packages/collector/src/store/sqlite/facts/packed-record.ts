/** What can be kept, as its bytes can be counted: one array, or several by their names. */
export type Unpacked<Value> = ArrayBufferView | { [Name in keyof Value]: ArrayBufferView | number }

/** A record of which each part is unpacked when it is asked for. */
export interface PackedRecord {
  /**
   * What a function unpacks of it. Whoever asks for it again may get the same, so nobody may change it.
   *
   * @param name what it is: always unpacked by the same function
   */
  unpacked<Value extends Unpacked<Value>>(name: string, unpack: (packed: Buffer) => Value): Value
}

/** One that is unpacked anew each time. */
export const uncached = (packed: Buffer): PackedRecord => ({ unpacked: (_, unpack) => unpack(packed) })
