/** A record of packed columns, of which each is unpacked when it is asked for. */
export interface PackedRecord {
  /**
   * A part of it: whoever asks for it again may get the same, so nobody may change it.
   *
   * @param part its name
   */
  unpacked<Value extends object>(part: string, unpack: (packed: Buffer) => Value): Value
}

/** One whose parts are unpacked each time. */
export const notKept = (packed: Buffer): PackedRecord => ({ unpacked: (_, unpack) => unpack(packed) })
