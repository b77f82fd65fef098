import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { type Api, serveProject } from './api-under-test.ts'

const PUBLISHING = [
  { name: 'Publishing', credits: 1 },
  { name: 'X surcharge', credits: 3 },
]

describeOnEachDatabase('a charge that is read', (database) => {
  let api: Api
  beforeAll(async () => {
    api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', {})
  }, 60_000)
  afterAll(() => api.close())

  const publish = (path: string) =>
    api.ok('POST', path, { accountId: 'own', action: 'post.publish', options: { platforms: ['x'] } })
  const sentencesOf = async (id: string) => (await api.ok('GET', `/charges/${id}/explanation`)).sentences

  test('shows the lines that it was made with', async () => {
    const { id } = await publish('/charges')
    expect(await api.ok('GET', `/charges/${id}`)).toMatchObject({ lines: PUBLISHING, captures: [] })
  })

  test('made by the capture of a hold, shows the lines of what was captured', async () => {
    const hold = await publish('/holds')
    const { id } = await api.ok('POST', `/holds/${hold.id}/captures`, {})
    expect(await api.ok('GET', `/charges/${id}`)).toMatchObject({
      credits: 4,
      lines: PUBLISHING,
      captures: [{ credits: 4, lines: PUBLISHING }],
    })
    expect(await sentencesOf(id)).toEqual(expect.arrayContaining(['Publishing: 1.', 'X surcharge: 3.']))
  })

  test('made by captures in steps, shows the lines of each, and of all together', async () => {
    const { id: holdId } = await api.ok('POST', '/holds', {
      accountId: 'own',
      action: 'image.generate',
      quantities: { images: 3 },
    })
    const step = (images: number, final: boolean) =>
      api.ok('POST', `/holds/${holdId}/captures`, { quantities: { images }, final })
    const { id } = await step(1, false)
    await step(2, true)
    const line = (quantity: number) => ({
      name: 'Image',
      credits: quantity * 1.25,
      quantity,
      unit: 1.25,
      per: 'images',
    })
    const { lines, captures } = await api.ok('GET', `/charges/${id}`)
    expect(lines).toEqual([line(3)])
    expect(captures.map((capture: { lines: unknown }) => capture.lines)).toEqual([[line(1)], [line(2)]])
    const { data } = await api.ok('GET', '/accounts/own/transactions?view=usage&limit=1')
    expect(data[0]).toMatchObject({ type: 'capture', lines: [line(2)] })
    expect(await sentencesOf(id)).toContain('Image: 3.75 (3 × 1.25).')
  })
})
