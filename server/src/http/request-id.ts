/** Ids of requests: unique over processes and restarts, and cheap, because every answer carries one. */
import { randomBytes } from 'node:crypto'

const PROCESS = randomBytes(6).toString('hex')
let count = 0

export function nextRequestId(): string {
  count += 1
  return `req_${PROCESS}${count.toString(36).padStart(7, '0')}`
}
