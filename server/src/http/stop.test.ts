import { expect, test } from 'vitest'
import { describeOnEachDatabase } from '../../../tests/support/databases.ts'
import { serveProject } from './api-under-test.ts'

describeOnEachDatabase('a server that is told to stop', (database) => {
  test('finishes what it took, takes nothing more, and counts what it acknowledged', async () => {
    const api = await serveProject(database())
    await api.ok('PUT', '/accounts/own', {})
    const url = await api.scrip.listen({ port: 0 })
    const charge = async (): Promise<number> => {
      const response = await fetch(`${url}/api/v1/charges`, {
        method: 'POST',
        headers: { 'x-api-key': api.key, 'content-type': 'application/json' },
        body: JSON.stringify({ accountId: 'own', action: 'post.publish' }),
      })
      await response.text()
      return response.status
    }
    const first = await charge()
    const sent = Array.from({ length: 20 }, () => charge().catch(() => 0))
    // As soon as one of them is answered, others are under way.
    await Promise.race(sent)
    await api.close()
    const statuses = [first, ...(await Promise.all(sent))]
    const acknowledged = statuses.filter((status) => status === 201).length
    expect(statuses.filter((status) => ![201, 503, 0].includes(status))).toEqual([])
    expect(await charge().catch(() => 0)).toBe(0)
    const { rows } = await database().pool.query("select count(*) as count from entry where type = 'charge'")
    expect(rows[0].count).toBeGreaterThanOrEqual(acknowledged)
    const again = await serveProject(database())
    expect(acknowledged).toBeGreaterThan(1)
    await again.close()
  })
})
