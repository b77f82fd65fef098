/**
 * Who is at the door: reads the key, finds its project, and says whether the route is for it. A key
 * comes in a header only; one that stands in an address is refused, because addresses are logged.
 */
import type { FastifyRequest } from 'fastify'
import type { KeyRecord } from '../database/keys.sql.ts'
import type { Project } from '../directory/projects.ts'
import { type Caller, hasScope } from '../operations/caller.ts'
import type { Installation } from '../operations/installation.ts'
import { Refused } from '../operations/refused.ts'
import { ACCESS, type Access, type OperationId } from './access.ts'
import { isFromControlSocket } from './control-socket.ts'
import { DoorRefusal } from './problems.ts'

export interface Admitted {
  readonly caller: Caller
  /** null only for routes that need no project. */
  readonly project: Project | null
}

export async function admit(
  house: Installation,
  request: FastifyRequest,
  id: OperationId,
): Promise<Admitted> {
  refuseKeyInUrl(request.url)
  const access: Access = ACCESS[id]
  const text = keyIn(request)
  if (text === null && isFromControlSocket(request.raw)) return admitOperator(house, request, access)
  if (access.needs === 'operator')
    throw keyRefusal('Projects are made at the machine itself, by its control socket.')
  if (text === null)
    throw new DoorRefusal('key_required', 'Send a key as x-api-key, or as Authorization: Bearer.')
  const key = await house.keys.identify(text)
  if (key === null) throw keyRefusal('This key is unknown, revoked or expired.')
  const project = await house.projects.find(key.projectId)
  if (project === null) throw keyRefusal('This key is unknown, revoked or expired.')
  const caller = callerOf(key)
  refuseUnscoped(caller, access)
  return { caller, project }
}

/**
 * The figures of the whole installation are for its own machine, and for whoever holds a key with the scope
 * admin. What a proxy on this machine hands on comes from elsewhere.
 */
export async function admitToFigures(house: Installation, request: FastifyRequest): Promise<void> {
  refuseKeyInUrl(request.url)
  const text = keyIn(request)
  if (text === null) {
    if (isFromControlSocket(request.raw) || isFromThisMachine(request)) return
    throw new DoorRefusal('key_required', 'From another machine this needs a key with the scope admin.')
  }
  const key = await house.keys.identify(text)
  if (key === null) throw keyRefusal('This key is unknown, revoked or expired.')
  refuseUnscoped(callerOf(key), { needs: 'admin', accountKey: false })
}

const HANDED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

function isFromThisMachine({ ip, headers }: FastifyRequest): boolean {
  if (HANDED_ON.some((name) => headers[name] !== undefined)) return false
  return ip === '::1' || /^(::ffff:)?127\./.test(ip)
}

function keyRefusal(detail: string): DoorRefusal {
  return new DoorRefusal('key_invalid', detail)
}

function callerOf(key: KeyRecord): Caller {
  return key.accountId === null
    ? { kind: 'project', key }
    : { kind: 'account', key, accountId: key.accountId }
}

function refuseUnscoped(caller: Caller, access: Access): void {
  if (caller.kind === 'account') {
    if (access.accountKey) return
    throw new DoorRefusal(
      'account_key_forbidden',
      "A customer's key reads and quotes on its own account, nothing else.",
    )
  }
  const { needs } = access
  if (needs === 'any' || needs === 'open' || needs === 'operator' || hasScope(caller, needs)) return
  throw new DoorRefusal('scope_required', `This needs a key with the scope ${needs}.`, { scope: needs })
}

/** Whoever can open the control socket owns the machine's data anyway; it says which project it means. */
async function admitOperator(
  house: Installation,
  request: FastifyRequest,
  access: Access,
): Promise<Admitted> {
  const caller: Caller = { kind: 'operator' }
  if (access.needs === 'operator') return { caller, project: null }
  const named = request.headers['scrip-project']
  const id = typeof named === 'string' && /^\d{1,9}$/.test(named) ? Number(named) : null
  const project = id === null ? null : await house.projects.find(id)
  if (project === null) {
    throw new Refused('project_not_found', 'Name the project by its id in the header Scrip-Project.')
  }
  return { caller, project }
}

function keyIn(request: FastifyRequest): string | null {
  const given = request.headers['x-api-key']
  if (typeof given === 'string' && given !== '') return given
  const authorization = request.headers.authorization
  if (authorization === undefined) return null
  const match = /^Bearer +(\S+)$/i.exec(authorization)
  return match === null ? null : match[1]!
}

const KEY_IN_URL = /_(?:live|test)_sk_|[?&](?:api[_-]?key|x-api-key|key|access_token)=/i

function refuseKeyInUrl(url: string): void {
  if (!KEY_IN_URL.test(url)) return
  throw new DoorRefusal('key_in_url', 'Addresses are logged. Send the key in a header, and replace this one.')
}
