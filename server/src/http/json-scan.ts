/**
 * The cheap look at a body before it is parsed. Almost every request is plain enough that the
 * engine's own JSON.parse gives the same answer as the careful reader; this says whether it is.
 */

/** How deep objects and lists may lie in each other. */
export const DEPTH_MAX = 32

export interface Scan {
  /** How many `name: value` pairs there are outside strings: more than the parsed value has means a name came twice. */
  readonly pairs: number
  readonly depth: number
  /** Whether a number, an escape or a name in it needs the careful reader. */
  readonly suspicious: boolean
}

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const MINUS = 45
// A number of up to fifteen digits, without exponent and sign, is exact and finite as it stands.
const DIGITS_EXACT = 15

export function scanJson(text: string): Scan {
  let pairs = 0
  let depth = 0
  let deepest = 0
  let digits = 0
  let suspicious = false
  let escaped = false
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place)
    if (code === QUOTE) {
      escaped = false
      for (place++; place < text.length; place++) {
        const inside = text.charCodeAt(place)
        if (inside === QUOTE) break
        if (inside !== BACKSLASH) continue
        escaped = true
        // Only \u can hide a NUL, half a character, or a forbidden name.
        if (text.charCodeAt(place + 1) === 117) suspicious = true
        place++
      }
      digits = 0
    } else if (code >= 48 && code <= 57) {
      if (++digits > DIGITS_EXACT) suspicious = true
    } else if (code === COLON) {
      pairs++
      digits = 0
      // The engines of Node 24 to 26 take a name with an escape for an earlier one (nodejs/node#63785).
      if (escaped) suspicious = true
    } else if (code === 123 || code === 91) {
      if (++depth > deepest) deepest = depth
    } else if (code === 125 || code === 93) {
      depth--
      digits = 0
    } else if (code === MINUS) {
      suspicious = true
    } else if (code === 44 || code === 32 || code === 10) {
      digits = 0
    } else if (code === 69 || (code === 101 && digits > 0)) {
      suspicious = true
    }
  }
  return { pairs, depth: deepest, suspicious }
}

/** How many names the parsed value has, all levels together. */
export function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let names = 0
  if (Array.isArray(value)) {
    for (const item of value) names += countNames(item)
    return names
  }
  for (const name in value) names += 1 + countNames((value as Record<string, unknown>)[name])
  return names
}
