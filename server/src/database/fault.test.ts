import { expect, test } from 'vitest'
import { DatabaseFault, databaseFault } from './fault.ts'

const withCode = (code: string, more: object = {}): Error =>
  Object.assign(new Error('it failed'), { code, ...more })

test.each([
  ['a lost connection', withCode('08006')],
  ['a deadlock', withCode('40P01')],
  ['a full disk', withCode('53100')],
  ['too many connections', withCode('53300')],
  ['a statement that took too long', withCode('57014')],
  ['a server that shuts down', withCode('57P01')],
  ['a server that became a standby', withCode('25006')],
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a socket file that is not there', withCode('ENOENT', { syscall: 'connect' })],
  ['a connection that ended in the middle', new Error('Connection terminated unexpectedly')],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
])('%s is a fault of the world that may pass', (_, error) => {
  expect(databaseFault(error)).toMatchObject({ name: 'DatabaseFault', retryable: true, cause: error })
})

test.each([
  ['a broken unique index', withCode('23505')],
  ['a mistake in the SQL', withCode('42601')],
  ['a file that is not there', withCode('ENOENT', { syscall: 'open' })],
  ['a bug of ours', new TypeError('x is undefined')],
  ['what is no error', 'text'],
])('%s is none', (_, error) => {
  expect(databaseFault(error)).toBeUndefined()
})

test('a fault stays the fault it is', () => {
  const fault = new DatabaseFault('gone', { retryable: false })
  expect(databaseFault(fault)).toBe(fault)
})
