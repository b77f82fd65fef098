import { mkdtemp, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, CATALOG, serveProject } from './api-under-test.ts'

describeOnEachDatabase('the control socket', (database) => {
  let api: Api
  let folder: string
  let socketPath: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrip-control-'))
    socketPath = join(folder, 'control')
    api = await serveProject(database(), { scrip: { controlSocket: socketPath } })
  }, 60_000)
  afterAll(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })

  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const call = request(
        { socketPath, method, path: `/api/v1${path}`, headers: { ...headers, ...type } },
        (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }))
        },
      )
      call.on('error', reject)
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })

  test('is open to its owner alone', async () => {
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600)
  })

  test('makes projects, each with its first key, which works', async () => {
    const made = await ask('POST', '/projects', {}, { name: 'Made', mode: 'live', catalog: CATALOG })
    expect(made).toMatchObject({ status: 201, body: { project: { name: 'Made', mode: 'live' } } })
    const who = await api.call('GET', '/project', { key: made.body.apiKey as string })
    expect(who.body).toMatchObject({ name: 'Made', mode: 'live', key: { scopes: ['admin'] } })
    const again = await ask('POST', '/projects', {}, { name: 'Made', mode: 'live', catalog: CATALOG })
    expect(again).toMatchObject({ status: 409, body: { code: 'project_exists' } })
    const { body } = await ask('GET', '/projects')
    expect((body.data as { name: string }[]).map(({ name }) => name)).toContain('Made')
  })

  test('acts without a key in the project that is named, and asks for a name where there is none', async () => {
    const headers = { 'scrip-project': String(api.project) }
    expect((await ask('GET', '/project', headers)).body).toMatchObject({ id: api.project, key: null })
    expect((await ask('PUT', '/accounts/socketed', headers, {})).status).toBe(201)
    for (const other of [{}, { 'scrip-project': '0' }, { 'scrip-project': 'x' }]) {
      expect(await ask('GET', '/project', other)).toMatchObject({
        status: 404,
        body: { code: 'project_not_found' },
      })
    }
  })

  test('a key that is sent counts there as anywhere', async () => {
    expect(await ask('GET', '/project', { 'x-api-key': 'scrip_test_sk_nonsense' })).toMatchObject({
      status: 401,
    })
  })

  test('over the network nobody is the operator, whatever is sent', async () => {
    const headers = { 'scrip-project': String(api.project), 'scrip-operator': 'true' }
    expect((await api.call('GET', '/projects', { key: null, headers })).status).toBe(401)
    expect((await api.call('GET', '/project', { key: null, headers })).status).toBe(401)
  })
})
