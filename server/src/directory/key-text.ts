/**
 * What a key looks like: `scrip_live_sk_` (or the catalog's own prefix), eight characters by which it
 * is named, 32 secret ones (190 bits), and a checksum by which a mistyped key, or one found in a
 * leak, is told without asking the database.
 */
import { hash, randomInt, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

export type Mode = 'live' | 'test'

export interface MintedKey {
  /** Shown once, never stored. */
  readonly text: string
  /** Its first characters: what it is named by in lists and logs. */
  readonly prefix: string
  readonly hash: Buffer
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const NAME_LENGTH = 8
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const FORM = /^([a-z][a-z0-9]{0,15}_(?:live|test)_sk_[0-9A-Za-z]{8})[0-9A-Za-z]{32}([0-9A-Za-z]{6})$/
/** The longest text that is looked at as a key at all. */
const LENGTH_MAX = 80

export function mintKey(owner: string, mode: Mode): MintedKey {
  const prefix = `${owner}_${mode}_sk_${randomText(NAME_LENGTH)}`
  const unchecked = prefix + randomText(SECRET_LENGTH)
  const text = unchecked + checksumOf(unchecked)
  return { text, prefix, hash: hashKey(text) }
}

/** The public part of a well-formed key, or null where the text cannot be one. */
export function prefixOf(text: string): string | null {
  if (text.length > LENGTH_MAX) return null
  const match = FORM.exec(text)
  if (match === null) return null
  return checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === match[2] ? match[1]! : null
}

export function hashKey(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

export function sameHash(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Anything in a text that looks like a key, replaced by its public part: for logs and messages. */
export function redactKeys(text: string): string {
  return text.replace(/([a-z][a-z0-9]{0,15}_(?:live|test)_sk_[0-9A-Za-z]{0,8})[0-9A-Za-z]*/g, '$1…')
}

function randomText(length: number): string {
  let text = ''
  for (let place = 0; place < length; place++) text += ALPHABET[randomInt(ALPHABET.length)]
  return text
}

function checksumOf(text: string): string {
  let rest = crc32(text)
  let sum = ''
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    sum = ALPHABET[rest % 62] + sum
    rest = Math.floor(rest / 62)
  }
  return sum
}
