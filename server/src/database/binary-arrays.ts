/**
 * Columns of many rows as parameters for `unnest`, in PostgreSQL's binary array format. The ledger sends
 * a million values a second: written as text, each would be made into decimals here and read again there,
 * and an instant would need arithmetic in SQL.
 */

export type ElementType = 'smallint' | 'int' | 'bigint' | 'text' | 'boolean' | 'instant'

export type Element = number | string | boolean | null

/** Writes columns one behind the other into one piece of memory, and hands out a part of it for each. */
export interface ArrayWriter {
  /** A list of `length` elements, `of(0)` first. One of nothing but NULL is sent as an empty one. */
  write(type: ElementType, length: number, of: (index: number) => Element): Buffer
}

const OIDS: Readonly<Record<ElementType, number>> = {
  smallint: 21,
  int: 23,
  bigint: 20,
  text: 25,
  boolean: 16,
  instant: 1184,
}

const DIMENSIONS_BYTES = 12
const HEADER_BYTES = 20
/** A length before each element, and the longest of those whose length is fixed. */
const FIXED_ELEMENT_BYTES = 12
const NULL_LENGTH = -1

/** `bytes` is a guess of what all columns will take; memory is added where it was too small. */
export function openArrayWriter(bytes: number): ArrayWriter {
  let memory = Buffer.allocUnsafeSlow(Math.max(bytes, 1024))
  let view = viewOf(memory)
  let end = 0

  /** What was handed out stays where it is: a column in the making moves to a new piece. */
  const reserve = (start: number, more: number): number => {
    if (end + more <= memory.length) return start
    const written = memory.subarray(start, end)
    memory = Buffer.allocUnsafeSlow(Math.max(2 * memory.length, 2 * (written.length + more)))
    view = viewOf(memory)
    memory.set(written)
    end = written.length
    return 0
  }

  const writeText = (value: string): void => {
    const start = end + 4
    let at = start
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) {
        at = start + memory.write(value, start)
        break
      }
      memory[at++] = code
    }
    view.setInt32(end, at - start)
    end = at
  }

  return {
    write(type, length, of) {
      let start = reserve(end, HEADER_BYTES)
      end += HEADER_BYTES
      let nulls = 0
      for (let index = 0; index < length; index++) {
        const value = of(index)
        if (value === null) {
          start = reserve(start, 4)
          view.setInt32(end, NULL_LENGTH)
          end += 4
          nulls++
        } else if (type === 'text') {
          // No character takes more than three bytes of UTF-8 for each of its UTF-16 units.
          start = reserve(start, 4 + 3 * (value as string).length)
          writeText(value as string)
        } else {
          start = reserve(start, FIXED_ELEMENT_BYTES)
          end += writeFixed(view, end, type, value)
        }
      }
      const isEmpty = nulls === length
      view.setInt32(start, isEmpty ? 0 : 1)
      view.setInt32(start + 4, nulls > 0 && !isEmpty ? 1 : 0)
      view.setInt32(start + 8, OIDS[type])
      if (isEmpty) end = start + DIMENSIONS_BYTES
      else {
        view.setInt32(start + 12, length)
        view.setInt32(start + 16, 1)
      }
      return memory.subarray(start, end)
    },
  }
}

/** The element's length and the element; answers with the bytes both take. */
function writeFixed(view: DataView, at: number, type: ElementType, value: Element): number {
  if (type === 'boolean') {
    view.setInt32(at, 1)
    view.setInt8(at + 4, value ? 1 : 0)
    return 5
  }
  const number = value as number
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`)
  if (type === 'bigint' || type === 'instant') {
    view.setInt32(at, 8)
    if (type === 'instant') writeInstant(view, at + 4, number)
    else writeInt64(view, at + 4, number)
    return 12
  }
  if (number !== (type === 'int' ? number | 0 : (number << 16) >> 16))
    throw new RangeError(`${value} does not fit ${type}`)
  const bytes = type === 'int' ? 4 : 2
  view.setInt32(at, bytes)
  if (type === 'int') view.setInt32(at + 4, number)
  else view.setInt16(at + 4, number)
  return 4 + bytes
}

function viewOf(memory: Buffer): DataView {
  return new DataView(memory.buffer, memory.byteOffset, memory.length)
}

const HIGH = 2 ** 32

function writeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / HIGH))
  view.setInt32(at + 4, value)
}

/** PostgreSQL counts microseconds from the year 2000. */
const EPOCH_2000_MS = 946_684_800_000

/** From epoch milliseconds. In microseconds, the year 2256 is beyond the safe integers. */
function writeInstant(view: DataView, at: number, milliseconds: number): void {
  const microseconds = (milliseconds - EPOCH_2000_MS) * 1000
  if (Number.isSafeInteger(microseconds)) writeInt64(view, at, microseconds)
  else view.setBigInt64(at, BigInt(milliseconds - EPOCH_2000_MS) * 1000n)
}
