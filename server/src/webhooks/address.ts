/**
 * Where a webhook may be sent: public addresses only, unless the operator allows others. What counts is
 * the address that is connected to, which is looked up here and nowhere else: so a name that answers
 * differently the second time, and any way to write 127.0.0.1, leads nowhere.
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** RFC 6890 and its successors: this host, private, shared, loopback, link-local (with the clouds' metadata), test, multicast. */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** The same, and every form that carries an IPv4 address within: translated, tunnelled, compatible. */
const CLOSED_IPV6 = [
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

const CLOSED = closedAddresses()

function closedAddresses(): BlockList {
  const list = new BlockList()
  for (const [ranges, family] of [
    [CLOSED_IPV4, 'ipv4'],
    [CLOSED_IPV6, 'ipv6'],
  ] as const) {
    for (const range of ranges) {
      const [address, prefix] = range.split('/') as [string, string]
      list.addSubnet(address, Number(prefix), family)
    }
  }
  return list
}

/** An IPv4 address written as an IPv6 one (`::ffff:7f00:1`) is judged as what it is. */
export function isClosedAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  if (family === 4) return CLOSED.check(address, 'ipv4')
  return CLOSED.check(address.replace(/%.*$/, ''), 'ipv6')
}

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
  constructor(host: string) {
    super(`${host} is not a public address`)
  }
}

/** The host of a URL as an address, where it is one and no name. URL has made 127.0.0.1 of 0x7f.1 and of 2130706433. */
export function addressIn({ hostname }: URL): string | null {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(host) === 0 ? null : host
}

type Found = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void

/**
 * For sockets: looks a name up and hands on its public addresses alone. Names that are asked for at the
 * same time are looked up once, so that one whose answer does not come takes no more than its turn.
 */
export function openLookup(
  allowsPrivate: boolean,
  resolve: (host: string, found: Found) => void = resolveAll,
): LookupFunction {
  const waiting = new Map<string, Found[]>()
  const find = (host: string, found: Found): void => {
    const others = waiting.get(host)
    if (others !== undefined) {
      others.push(found)
      return
    }
    const all = [found]
    waiting.set(host, all)
    resolve(host, (error, addresses) => {
      waiting.delete(host)
      for (const each of all) each(error, addresses)
    })
  }
  return ((host: string, options: LookupOptions, callback: (...answer: unknown[]) => void) => {
    find(host, (error, addresses) => {
      if (error !== null) return callback(error)
      const open = allowsPrivate ? addresses : addresses.filter(({ address }) => !isClosedAddress(address))
      const [first] = open
      if (first === undefined) callback(new AddressRefused(host))
      else if (options.all === true) callback(null, open)
      else callback(null, first.address, first.family)
    })
  }) as LookupFunction
}

function resolveAll(host: string, found: Found): void {
  systemLookup(host, { all: true }, found)
}

/**
 * Why a URL may not be an endpoint's, or null. Names are judged when they are connected to; an address
 * that is written out, and a name that is never public, are refused at once.
 */
export function urlFault(
  text: string,
  { allowsPrivate, isLive }: { allowsPrivate: boolean; isLive: boolean },
): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return 'an address that begins with https://'
  if (url.username !== '' || url.password !== '') return 'an address without a user or password in it'
  if (url.hash !== '') return 'an address without a #fragment'
  if (allowsPrivate) return null
  if (url.protocol === 'http:' && isLive) return 'https: what is sent says what customers do'
  const address = addressIn(url)
  const isLocalName = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/i.test(url.hostname)
  if (isLocalName || (address !== null && isClosedAddress(address))) return 'a public address'
  return null
}
