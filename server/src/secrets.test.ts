import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openSecrets, readSecretKeys, SecretUnreadable } from './secrets.ts'

const own = Buffer.from('the secret of an installation, in its database')
const [first, second] = [randomBytes(32), randomBytes(32)]
const PLACE = 'gateway:1:stripe'

describe('a sealed secret', () => {
  const secrets = openSecrets({ key: first, previous: null, own })

  test('opens in its place, and is nowhere in what is kept', () => {
    const sealed = secrets.seal('sk_live_42', PLACE)
    expect(secrets.open(sealed, PLACE)).toBe('sk_live_42')
    expect(sealed.toString('latin1')).not.toContain('sk_live')
    expect(secrets.seal('sk_live_42', PLACE).equals(sealed)).toBe(false)
  })

  test('opens in no other place', () => {
    const sealed = secrets.seal('sk_live_42', PLACE)
    expect(() => secrets.open(sealed, 'gateway:2:stripe')).toThrow(SecretUnreadable)
  })

  test('with any bit changed, or cut short, does not open', () => {
    const sealed = secrets.seal('sk_live_42', PLACE)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
      expect(() => secrets.open(changed, PLACE)).toThrow(SecretUnreadable)
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => secrets.open(sealed.subarray(0, length), PLACE)).toThrow(SecretUnreadable)
    }
  })

  test('opens by the previous key while that is given, and says that it is to be sealed again', () => {
    const sealed = secrets.seal('sk_live_42', PLACE)
    const exchanged = openSecrets({ key: second, previous: first, own })
    expect(exchanged.isCurrent(sealed)).toBe(false)
    expect(exchanged.open(sealed, PLACE)).toBe('sk_live_42')
    const again = exchanged.seal(exchanged.open(sealed, PLACE), PLACE)
    const after = openSecrets({ key: second, previous: null, own })
    expect(after.isCurrent(again)).toBe(true)
    expect(after.open(again, PLACE)).toBe('sk_live_42')
    expect(() => after.open(sealed, PLACE)).toThrow('sealed by a key that is not here')
  })

  test('without a key of the operator is sealed by the installation’s own, and that is said', () => {
    const plain = openSecrets({ key: null, previous: null, own })
    expect([plain.isGiven, secrets.isGiven]).toEqual([false, true])
    const sealed = plain.seal('sk_test_42', PLACE)
    expect(plain.open(sealed, PLACE)).toBe('sk_test_42')
    expect(secrets.open(sealed, PLACE)).toBe('sk_test_42')
  })
})

describe('SCRIP_SECRET_KEY', () => {
  const read = (key: string) => readSecretKeys(key, undefined).key

  test('is 32 bytes in base64', () => {
    expect(read(first.toString('base64'))).toEqual(first)
    expect(read(first.toString('base64url'))).toEqual(first)
    expect(readSecretKeys(undefined, undefined)).toEqual({ key: null, previous: null })
    expect(readSecretKeys('', '')).toEqual({ key: null, previous: null })
  })

  test.each([
    'short',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    'p ä s s w o r d',
  ])('is refused without being quoted: %#', (text) => {
    const attempt = () => read(text)
    expect(attempt).toThrow('SCRIP_SECRET_KEY is not 32 bytes in base64')
    expect(attempt).not.toThrow(text)
  })

  test('may not go while its predecessor stays', () => {
    expect(() => readSecretKeys(undefined, first.toString('base64'))).toThrow(
      'SCRIP_SECRET_KEY_PREVIOUS is set, and SCRIP_SECRET_KEY is not.',
    )
  })
})
