/** A short name for everything that was asked, the same however the names in it are ordered. */
import { hash } from 'node:crypto'

export function requestHash(asked: unknown): string {
  return hash('sha256', canonical(asked), 'base64url')
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = value as Readonly<Record<string, unknown>>
  const pairs = Object.keys(fields)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(fields[name])}`)
  return `{${pairs.join(',')}}`
}
