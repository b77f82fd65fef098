import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'

describeOnEachDatabase('the stream of an account’s credits', (database) => {
  let api: Api
  let url: string
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', {})
    url = await api.scrip.listen({ port: 0 })
  }, 60_000)
  afterAll(() => api.close())

  const open = (key: string) =>
    fetch(`${url}/api/v1/accounts/own/credits/stream`, { headers: { 'x-api-key': key } })

  async function* eventsOf(response: Response): AsyncGenerator<{ balance: number }> {
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
        text = text.slice(end + 2)
        if (data !== undefined) yield JSON.parse(data)
      }
    }
  }

  test('tells them at once, and again whenever they change', async () => {
    const response = await open(api.key)
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const events = eventsOf(response)
    expect((await events.next()).value.balance).toBe(50)
    await api.ok('POST', '/charges', { accountId: 'own', action: 'post.publish' })
    expect((await events.next()).value.balance).toBe(49)
    await events.return(undefined)
  })

  test('ends when its key is revoked', async () => {
    const { key, id } = await api.ok('POST', '/keys', { accountId: 'own' })
    const events = eventsOf(await open(key))
    await events.next()
    await api.ok('DELETE', `/keys/${id}`)
    expect(await events.next()).toMatchObject({ done: true })
  })

  test('of an account that is not there is a 404, not a stream', async () => {
    expect((await api.call('GET', '/accounts/nobody/credits/stream')).status).toBe(404)
  })

  test('ends when the server stops, and does not keep it from stopping', async () => {
    const other = await serveProject(database())
    await other.ok('PUT', '/accounts/own', {})
    const at = await other.scrip.listen({ port: 0 })
    const response = await fetch(`${at}/api/v1/accounts/own/credits/stream`, {
      headers: { 'x-api-key': other.key },
    })
    const events = eventsOf(response)
    await events.next()
    await Promise.all([other.close(), expect(events.next()).resolves.toMatchObject({ done: true })])
  })
})
