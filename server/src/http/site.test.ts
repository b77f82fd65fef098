import { readFileSync } from 'node:fs'
import { validate } from '@scalar/openapi-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { VERSION } from '../version.ts'
import { type Api, serveProject } from './api-under-test.ts'
import { PROBLEMS } from './problems.ts'
import { ROUTES } from './routes.ts'

test('the version in every answer is the package’s', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  expect(JSON.parse(text).version).toBe(VERSION)
})

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

describeOnEachDatabase('what stands beside the API', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
  }, 60_000)
  afterAll(() => api.close())

  describe('the specification', () => {
    test('is OpenAPI 3.1 with every route and nothing else', async () => {
      const { body } = await api.call('GET', '/site/openapi.json', { key: null })
      expect(body.openapi).toBe('3.1.0')
      const told = Object.entries(body.paths).flatMap(([path, methods]) =>
        Object.entries(methods as Record<string, Operation>).map(
          ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
        ),
      )
      expect(told.sort()).toEqual(
        ROUTES.map(({ method, path, id }) => `${method} /api/v1${path} ${id}`).sort(),
      )
    })

    test('declares each name of a path, and a body and a success of every operation', async () => {
      const { body } = await api.call('GET', '/site/openapi.json', { key: null })
      for (const route of ROUTES) {
        const operation: Operation = body.paths[`/api/v1${route.path}`][route.method.toLowerCase()]
        const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
        expect(declared.map(({ name }) => name).sort()).toEqual(named.sort())
        expect(declared.every(({ required }) => required === true)).toBe(true)
        expect(operation.requestBody !== undefined).toBe(route.body !== null)
        const statuses = Object.keys(operation.responses)
        expect(statuses).toEqual(expect.arrayContaining([...Object.keys(route.answers), '4XX', '5XX']))
        expect(operation.responses['4XX']!.content).toHaveProperty(['application/problem+json'])
      }
    })

    test('is valid as the standard has it', async () => {
      const { body } = await api.call('GET', '/site/openapi.json', { key: null })
      const { valid, errors } = await validate(body)
      expect({ valid, errors }).toEqual({ valid: true, errors: [] })
    })

    test('has no reference that leads nowhere', async () => {
      const { text } = await api.call('GET', '/site/openapi.json', { key: null })
      expect(text).not.toContain('"$ref"')
    })
  })

  test('every code is documented, where the problem’s type points', async () => {
    const page = await api.call('GET', '/site/docs/errors.md', { key: null })
    for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
      expect(page.text).toContain(`<a id="${code}"></a>\`${code}\` | ${status} | ${title} |`)
    }
    const { body } = await api.call('GET', '/accounts/nobody')
    const [path, code] = body.type.split('#')
    expect(path).toBe('/docs/errors')
    expect((await api.call('GET', `/site${path}`, { key: null })).text).toContain(`id="${code}"`)
  })

  test('each page that llms.txt names is there', async () => {
    const { text } = await api.call('GET', '/site/llms.txt', { key: null })
    const links = [...text.matchAll(/\]\((\/[^)]+)\)/g)].map(([, link]) => link!)
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) expect((await api.call('GET', `/site${link}`, { key: null })).status).toBe(200)
  })

  test('the reference is served from here and asks nothing of other hosts', async () => {
    expect((await api.call('GET', '/site/docs', { key: null })).headers.location).toBe('/docs/')
    const page = await api.call('GET', '/site/docs/', { key: null })
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  })

  test('healthz, readyz and the schema of a catalog answer without a key', async () => {
    expect((await api.call('GET', '/site/healthz', { key: null })).body).toEqual({ status: 'ok' })
    expect((await api.call('GET', '/site/readyz', { key: null })).body).toEqual({ status: 'ready' })
    const schema = await api.call('GET', '/site/catalog.schema.json', { key: null })
    expect(schema.body).toMatchObject({ type: 'object', properties: { actions: expect.anything() } })
  })

  test('every answer carries its id and the version, also an error', async () => {
    for (const path of ['/project', '/nowhere', '/accounts/nobody']) {
      const { headers, body, status } = await api.call('GET', path)
      expect(headers).toMatchObject({
        'request-id': expect.stringMatching(/^req_\w{19}$/),
        'scrip-version': VERSION,
      })
      if (status >= 400) expect(body.requestId).toBe(headers['request-id'])
    }
  })

  test('what does not exist is 404 as a problem, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const answered = await api.call(method, '/no/such/route')
      expect(answered).toMatchObject({ status: 404, body: { code: 'route_not_found' } })
      expect(answered.headers['content-type']).toBe('application/problem+json')
    }
  })

  test('a known address asked by another method is 405, and Allow has the methods that are routes there', async () => {
    const methodsOf = (path: string) => {
      const isThere = (pattern: string) => new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
      return [...new Set(ROUTES.filter((route) => isThere(route.path)).map(({ method }) => method as string))]
    }
    for (const { path } of ROUTES) {
      const allowed = methodsOf(path).sort()
      const method = (['POST', 'PATCH', 'DELETE'] as const).find((one) => !allowed.includes(one))!
      const answered = await api.call(method, path.replace(/\{\w+\}/g, 'a%20b'))
      expect(answered).toMatchObject({
        status: 405,
        body: { code: 'method_not_allowed', allow: allowed, requestId: answered.headers['request-id'] },
        headers: { allow: allowed.join(', '), 'content-type': 'application/problem+json' },
      })
    }
    expect(await api.call('DELETE', '/site/healthz', { key: null })).toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
    })
  })

  test('a name in an address that is longer than any id is malformed, whatever the method', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const answered = await api.call(method, `/accounts/${'x'.repeat(701)}`)
      expect(answered).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
    }
  })

  test('what the catalog offers has an ETag, and nothing is sent twice', async () => {
    for (const path of ['/actions', '/plans', '/packs']) {
      const first = await api.call('GET', path)
      const headers = { 'if-none-match': String(first.headers.etag) }
      expect(await api.call('GET', path, { headers })).toMatchObject({ status: 304, text: '' })
    }
  })

  test("a customer's key is limited, and told by how much; a project's is not", async () => {
    const limited = await serveProject(database(), { scrip: { accountKeyLimit: 3 } })
    await limited.ok('PUT', '/accounts/own', {})
    const { key } = await limited.ok('POST', '/keys', { accountId: 'own' })
    const statuses: number[] = []
    for (let call = 0; call < 5; call++)
      statuses.push((await limited.call('GET', '/account/credits', { key })).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    const refused = await limited.call('GET', '/account/credits', { key })
    expect(refused.body.code).toBe('rate_limited')
    expect(refused.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'retry-after': expect.any(String),
    })
    for (let call = 0; call < 5; call++) expect((await limited.call('GET', '/project')).status).toBe(200)
    await limited.close()
  })

  test('above its bound the server sheds load with 503 and Retry-After, and stays healthy', async () => {
    const small = await serveProject(database(), { scrip: { underWayMax: 2 } })
    await small.ok('PUT', '/accounts/own', {})
    const charge = () =>
      small.call('POST', '/charges', { body: { accountId: 'own', action: 'post.publish' } })
    const answers = await Promise.all(Array.from({ length: 8 }, charge))
    const shed = answers.filter(({ status }) => status === 503)
    expect(shed.length).toBeGreaterThan(0)
    expect(answers.length - shed.length).toBeGreaterThan(0)
    for (const { body, headers } of shed) {
      expect(body.code).toBe('overloaded')
      expect(headers['retry-after']).toBe('1')
    }
    expect((await small.call('GET', '/site/healthz', { key: null })).status).toBe(200)
    expect((await charge()).status).toBe(201)
    await small.close()
  })
})
