/**
 * What no route answers: an address that nobody knows (404), or one that is known and was asked by a
 * method it does not have (405, with those it has). The same to everybody, whatever their key.
 */
import type { FastifyInstance } from 'fastify'
import { DoorRefusal } from './problems.ts'

interface Address {
  readonly pattern: RegExp
  readonly methods: readonly string[]
}

/** Call before any route is added: the addresses are collected as they come. */
export function knowAddresses(app: FastifyInstance): (method: string, url: string) => DoorRefusal {
  const addresses: Address[] = []
  app.addHook('onRoute', ({ url, method }) => {
    addresses.push({ pattern: patternOf(url), methods: [method].flat() })
  })
  return (method, url) => {
    const path = url.split('?')[0] ?? ''
    const known = addresses.filter(({ pattern }) => pattern.test(path))
    const allow = [...new Set(known.flatMap(({ methods }) => methods))].sort()
    if (allow.length === 0)
      return new DoorRefusal('route_not_found', `There is no ${method} ${path.slice(0, 200)}.`)
    const detail = `${path.slice(0, 200)} is asked by ${allow.join(', ')}, not by ${method}.`
    return new DoorRefusal('method_not_allowed', detail, { allow })
  }
}

/** `/accounts/:accountId/lots` and `/docs/*` as the router reads them. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.+()]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source}$`)
}
