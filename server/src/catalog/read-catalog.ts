/**
 * From the text of `catalog.yaml` to a catalog. Every fault is answered with its line and column, and
 * a text that is meant to harm (a bomb of aliases, a huge or bottomless file) is refused before it
 * costs anything.
 */
import { type Catalog, type CatalogError, compileCatalog } from '@scrip/core'
import { type Document, type Pair, parseAllDocuments, visit, type YAMLMap } from 'yaml'
import { keyText, lineAndColumn, lineStartsOf, offsetOf, startOf } from './place.ts'

export interface PlacedError extends CatalogError {
  /** From 1, as editors count. */
  readonly line: number
  readonly column: number
  /** `catalog.yaml:12:7`, to click on. */
  readonly place: string
}

export type ReadCatalog =
  | {
      readonly catalog: Catalog
      /** The parsed file, as it is kept with each applied version. */
      readonly document: unknown
    }
  | { readonly errors: readonly PlacedError[] }

/** 1,000 actions with their tables fit into a fifth of it. */
export const CATALOG_BYTES_MAX = 1_000_000

/** Reads and compiles; `fileName` only stands in the places of errors. */
export function readCatalog(text: string, fileName: string): ReadCatalog {
  const size = Buffer.byteLength(text)
  if (size > CATALOG_BYTES_MAX) {
    return refuse('', fileName, 0, `expected at most ${CATALOG_BYTES_MAX} bytes, found ${size}`)
  }
  const control = controlCharacterAt(text)
  if (control !== null) {
    const found = text.charCodeAt(control)
    return refuse(text, fileName, control, `expected text, found the control character ${found}`)
  }
  const parsed = parse(text)
  if ('message' in parsed) return refuse(text, fileName, parsed.offset, parsed.message)
  const compiled = compileCatalog(parsed.value)
  if ('catalog' in compiled) return { catalog: compiled.catalog, document: parsed.value }
  const starts = lineStartsOf(text)
  const { document } = parsed
  return {
    errors: compiled.errors.map((error) => placed(starts, fileName, offsetOf(document, error), error)),
  }
}

function refuse(text: string, fileName: string, offset: number, message: string): ReadCatalog {
  const error: CatalogError = { path: '', keys: [], code: 'syntax', message }
  return { errors: [placed(lineStartsOf(text), fileName, offset, error)] }
}

function placed(
  starts: readonly number[],
  fileName: string,
  offset: number,
  error: CatalogError,
): PlacedError {
  const { line, column } = lineAndColumn(starts, offset)
  return { ...error, line, column, place: `${fileName}:${line}:${column}` }
}

/** `catalog.yaml:12:7 actions.caption.price: expected …, found …` */
export function sayPlacedError(error: PlacedError): string {
  return error.path === ''
    ? `${error.place} ${error.message}`
    : `${error.place} ${error.path}: ${error.message}`
}

/** Where a character stands that no text has (NUL and its like; tabs and line ends are text), or null. */
function controlCharacterAt(text: string): number | null {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return index
  }
  return null
}

type Parsed =
  | { readonly document: Document; readonly value: unknown }
  | { readonly offset: number; readonly message: string }

const TOO_DEEP = 'expected few levels, found a file nested too deeply'

function parse(text: string): Parsed {
  try {
    return parseOne(text)
  } catch (error) {
    // Thousands of opening brackets exhaust the stack of any parser that descends.
    if (error instanceof RangeError) return { offset: 0, message: TOO_DEEP }
    throw error
  }
}

function parseOne(text: string): Parsed {
  // The parser's own check of unique keys compares each with each: seconds for a file of many keys.
  const options = { merge: false, prettyErrors: false, uniqueKeys: false }
  const [document, second] = parseAllDocuments(text, options)
  if (document === undefined) return { offset: 0, message: 'expected a catalog, found an empty file' }
  const fault = document.errors[0] ?? document.warnings[0]
  if (fault !== undefined) {
    const message = fault.code === 'RESOURCE_EXHAUSTION' ? TOO_DEEP : fault.message
    return { offset: fault.pos[0], message }
  }
  if (second !== undefined) {
    return { offset: second.range[0], message: 'expected one document, found a second one' }
  }
  return refuseForms(document) ?? { document, value: document.toJS() }
}

/**
 * Refuses what YAML has and a catalog does not: aliases, which can multiply a file a millionfold or
 * contain themselves, merge keys, and keys that stand twice, of which one would be lost.
 */
function refuseForms(document: Document): Parsed | null {
  let found: Parsed | null = null
  const stop = (offset: number | undefined, message: string): symbol => {
    found = { offset: offset ?? 0, message }
    return visit.BREAK
  }
  visit(document, {
    Alias: (_, alias) =>
      stop(alias.range?.[0], `expected the value written out, found the alias *${alias.source}`),
    Map: (_, map) => {
      const wrong = wrongKey(map)
      return wrong === null ? undefined : stop(startOf(wrong.pair.key) ?? 0, wrong.message)
    },
  })
  return found
}

function wrongKey(map: YAMLMap): { pair: Pair; message: string } | null {
  const seen = new Set<string>()
  for (const pair of map.items) {
    const key = keyText(pair)
    if (key === '<<') return { pair, message: 'expected the keys written out, found the merge key <<' }
    if (seen.has(key)) return { pair, message: `expected each key once, found ${key} twice` }
    seen.add(key)
  }
  return null
}
