import { expect, test } from 'vitest'
import { addressIn, isClosedAddress, openLookup, urlFault } from './address.ts'

const CLOSED = [
  '0.0.0.0',
  '10.255.255.255',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '2001::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
]

const OPEN = [
  '1.1.1.1',
  '100.63.255.255',
  '172.32.0.1',
  '193.0.0.1',
  '::ffff:8.8.8.8',
  '2606:4700::1111',
  '2a00::1',
]

test.each(CLOSED)(
  '%s is closed: private, loopback, link-local, or an address hidden in another',
  (address) => {
    expect(isClosedAddress(address)).toBe(true)
  },
)

test.each(OPEN)('%s is public', (address) => {
  expect(isClosedAddress(address)).toBe(false)
})

test('what is no address at all is closed', () => {
  for (const text of ['', 'example.com', '127.1', '1.2.3.4.5']) expect(isClosedAddress(text)).toBe(true)
})

test('a notation of an address is the address', () => {
  for (const host of ['127.1', '0x7f.1', '0177.0.0.1', '2130706433', '127.0.0.1.'])
    expect(addressIn(new URL(`http://${host}/`))).toBe('127.0.0.1')
  expect(addressIn(new URL('http://[0:0:0:0:0:ffff:7f00:1]/'))).toBe('::ffff:7f00:1')
  expect(addressIn(new URL('http://example.com/'))).toBeNull()
})

type Answer = { error: Error | null; addresses: unknown }

function look(lookup: ReturnType<typeof openLookup>, host: string, all = true): Promise<Answer> {
  return new Promise((resolve) => {
    lookup(host, { all }, (error, addresses) => resolve({ error, addresses }))
  })
}

test('a name leads to its public addresses only', async () => {
  const addresses = [
    { address: '10.0.0.1', family: 4 },
    { address: '1.1.1.1', family: 4 },
  ]
  const lookup = openLookup(false, (_, found) => found(null, addresses))
  expect(await look(lookup, 'both.test')).toEqual({ error: null, addresses: [addresses[1]] })
  expect(await look(lookup, 'both.test', false)).toMatchObject({ error: null, addresses: '1.1.1.1' })
})

test('a name whose addresses are all private leads nowhere, unless the operator allows it', async () => {
  const inside = [{ address: '127.0.0.1', family: 4 }]
  const closed = openLookup(false, (_, found) => found(null, inside))
  expect((await look(closed, 'inside.test')).error?.message).toBe('inside.test is not a public address')
  const open = openLookup(true, (_, found) => found(null, inside))
  expect(await look(open, 'inside.test')).toEqual({ error: null, addresses: inside })
})

test('a name that is asked for by several at once is looked up once', async () => {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const lookup = openLookup(false, (host, found) => {
    asked.push(host)
    waiting.push(() => found(null, [{ address: '1.1.1.1', family: 4 }]))
  })
  const looks = ['slow.test', 'slow.test', 'other.test', 'slow.test'].map((host) => look(lookup, host))
  for (const answer of waiting) answer()
  await Promise.all(looks)
  expect(asked).toEqual(['slow.test', 'other.test'])
})

test('plain http is for test projects, and for operators who allow private addresses', () => {
  const url = 'http://example.com/hooks'
  expect(urlFault(url, { allowsPrivate: false, isLive: true })).toContain('https')
  expect(urlFault(url, { allowsPrivate: false, isLive: false })).toBeNull()
  expect(urlFault('http://10.0.0.1/', { allowsPrivate: true, isLive: true })).toBeNull()
})
