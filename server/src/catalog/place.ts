/** Where in the text a fault stands: the value it is about, or the key where there is no value. */
import type { CatalogError } from '@scrip/core'
import { type Document, isMap, isScalar, isSeq, type Pair } from 'yaml'

/** The offset of the deepest thing on the error's path that the file has. */
export function offsetOf(document: Document, error: CatalogError): number {
  const wantsKey = error.code === 'unknown_key' || error.code === 'invalid_id'
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [index, key] of error.keys.entries()) {
    const isLast = index === error.keys.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item) === String(key))
      if (pair === undefined) return offset
      offset = startOf(pair.key) ?? offset
      node = pair.value
      if (isLast && !wantsKey) offset = startOf(node) ?? offset
    } else if (isSeq(node) && typeof key === 'number' && node.items[key] !== undefined) {
      node = node.items[key]
      offset = startOf(node) ?? offset
    } else return offset
  }
  return offset
}

/** A key as the text that a plain object would have. */
export function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key)
}

/** Where a node of the parsed file begins. */
export function startOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null
  const range = node.range
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : null
}

/** The offsets at which the text's lines start. */
export function lineStartsOf(text: string): readonly number[] {
  const starts = [0]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return starts
}

/** Line and column from 1, as editors count; found by halving, as a file may have thousands of faults. */
export function lineAndColumn(starts: readonly number[], offset: number): { line: number; column: number } {
  let line = 0
  let after = starts.length
  while (after - line > 1) {
    const middle = line + Math.floor((after - line) / 2)
    if (starts[middle]! <= offset) line = middle
    else after = middle
  }
  return { line: line + 1, column: offset - starts[line]! + 1 }
}
