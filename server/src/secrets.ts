/**
 * Secrets at rest: what has to be read again (a gateway's keys, a webhook's signing secret) is sealed with
 * AES-256-GCM by a key that the database does not hold. A sealed text is bound to its place, so that none
 * can be moved into another row, and names the key that sealed it, so that keys can be exchanged.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'

export interface Secrets {
  /** Whether the operator gave a key: without one nothing of a live project is sealed. */
  readonly isGiven: boolean
  /** `place`: where it will stand, such as `gateway:7:stripe`. */
  seal(text: string, place: string): Buffer
  /** Throws `SecretUnreadable`: sealed by a key that is not here, for another place, or changed. */
  open(sealed: Buffer, place: string): string
  /** False for what a previous key sealed: it is sealed again before that key goes. */
  isCurrent(sealed: Buffer): boolean
}

export class SecretUnreadable extends Error {
  override name = 'SecretUnreadable'
}

export interface SecretKeys {
  /** 32 bytes; null where the operator gave none. */
  readonly key: Buffer | null
  /** The key before it, until everything is sealed by the new one. */
  readonly previous: Buffer | null
  /** The installation's own secret, which stands in the database: enough for test projects alone. */
  readonly own: Buffer
}

const NAME_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = NAME_BYTES + NONCE_BYTES + TAG_BYTES
const KEY_BYTES = 32

/** The key of a variable of the environment: 32 bytes in base64. Refused: anything else, without quoting it. */
function readSecretKey(text: string, variable: string): Buffer {
  const key = Buffer.from(text, 'base64')
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
  if (isBase64 && key.length === KEY_BYTES) return key
  throw new RangeError(
    `${variable} is not ${KEY_BYTES} bytes in base64. \`openssl rand -base64 ${KEY_BYTES}\` makes one.`,
  )
}

/**
 * Both keys as the environment gives them. Refused too: a previous key without its successor, which would
 * seal everything again by what stands in the database.
 */
export function readSecretKeys(
  key: string | undefined,
  previous: string | undefined,
): Omit<SecretKeys, 'own'> {
  if (previous && !key) {
    throw new RangeError('SCRIP_SECRET_KEY_PREVIOUS is set, and SCRIP_SECRET_KEY is not.')
  }
  return {
    key: key ? readSecretKey(key, 'SCRIP_SECRET_KEY') : null,
    previous: previous ? readSecretKey(previous, 'SCRIP_SECRET_KEY_PREVIOUS') : null,
  }
}

export function openSecrets({ key, previous, own }: SecretKeys): Secrets {
  const derived = createHmac('sha256', own).update('secrets at rest').digest()
  const current = key ?? derived
  const known = new Map(
    [derived, previous, key].flatMap((one): [string, Buffer][] => (one === null ? [] : [[nameOf(one), one]])),
  )
  return {
    isGiven: key !== null,
    seal: (text, place) => seal(current, text, place),
    open(sealed, place) {
      const by = known.get(sealed.toString('hex', 0, NAME_BYTES))
      if (by === undefined) throw new SecretUnreadable(`${place} was sealed by a key that is not here.`)
      return open(by, sealed, place)
    },
    isCurrent: (sealed) => sealed.toString('hex', 0, NAME_BYTES) === nameOf(current),
  }
}

/** Names a key without telling anything of it. */
function nameOf(key: Buffer): string {
  return createHash('sha256')
    .update('scrip key')
    .update(key)
    .digest('hex')
    .slice(0, NAME_BYTES * 2)
}

function seal(key: Buffer, text: string, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from(nameOf(key), 'hex'), nonce, cipher.getAuthTag(), body])
}

function open(key: Buffer, sealed: Buffer, place: string): string {
  try {
    const nonce = sealed.subarray(NAME_BYTES, NAME_BYTES + NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(place))
    decipher.setAuthTag(sealed.subarray(NAME_BYTES + NONCE_BYTES, HEAD_BYTES))
    const body = Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()])
    return body.toString('utf8')
  } catch (error) {
    throw new SecretUnreadable(`${place} does not open: it was changed, or sealed for another place.`, {
      cause: error,
    })
  }
}
