/** A request's body as a value: by the engine's parser where the text is plain, else by the careful reader. */
import { isUtf8 } from 'node:buffer'
import type { Fault } from './faults.ts'
import { type JsonRead, readJson } from './json-reader.ts'
import { countNames, DEPTH_MAX, scanJson } from './json-scan.ts'

export function parseJsonBody(body: Buffer): JsonRead {
  if (!isUtf8(body))
    return refuseBody({ path: '', code: 'not_utf8', expected: 'UTF-8', found: 'other bytes' })
  return parseJsonText(body.toString('utf8'))
}

export function parseJsonText(text: string): JsonRead {
  const scan = scanJson(text)
  // Refused before anything walks it: so deep a text could exhaust the stack.
  if (scan.depth > DEPTH_MAX) {
    return refuseBody({
      path: '',
      code: 'too_deep',
      expected: `at most ${DEPTH_MAX} levels`,
      found: `${scan.depth} levels`,
    })
  }
  if (scan.suspicious || text.includes('__proto__')) return readJson(text)
  try {
    const value: unknown = JSON.parse(text)
    return countNames(value) === scan.pairs ? { value } : readJson(text)
  } catch {
    return readJson(text)
  }
}

function refuseBody(fault: Fault): JsonRead {
  return { faults: [fault] }
}
