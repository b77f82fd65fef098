import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Installation } from '../operations/installation.ts'
import type { Job } from './job.ts'
import { pauseMs, runJobs, startJobs } from './jobs.ts'

const HOUSE = { realTime: () => 1_000 } as Installation

function job(run: Job['run'], name = 'counting'): Job {
  return { name, everyMs: 1_000, run }
}

describe('jobs beside the requests', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('run a round after each rest, the first one too', async () => {
    let rounds = 0
    const running = startJobs(HOUSE, [job(async () => ++rounds < 0)])
    expect(rounds).toBe(0)
    await vi.advanceTimersByTimeAsync(3_500)
    expect(rounds).toBe(3)
    await running.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(rounds).toBe(3)
  })

  test('go on at once where a round says that more is waiting', async () => {
    let waiting = 7
    const running = startJobs(HOUSE, [job(async () => --waiting > 0)])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(waiting).toBe(0)
    await running.stop()
  })

  test('are told apart: one that fails holds up no other, and rests longer each time', async () => {
    const failed: string[] = []
    let rounds = 0
    const jobs = [
      job(async () => {
        throw new Error('broken')
      }, 'failing'),
      job(async () => ++rounds < 0),
    ]
    const running = startJobs(HOUSE, jobs, (name, error) =>
      failed.push(`${name}: ${(error as Error).message}`),
    )
    await vi.advanceTimersByTimeAsync(7_500)
    expect(rounds).toBe(7)
    // After 1, 1 + 2 and 1 + 2 + 4 seconds.
    expect(failed).toEqual(['failing: broken', 'failing: broken', 'failing: broken'])
    expect(running.figures()).toEqual([
      { job: 'failing', rounds: 0, failures: 3, endedAt: null },
      { job: 'counting', rounds: 7, failures: 0, endedAt: 1_000 },
    ])
    await running.stop()
  })

  test('rest no longer than five minutes, however often they failed', () => {
    const failing = job(async () => false)
    expect([0, 1, 5, 50].map((failures) => pauseMs(failing, failures))).toEqual([
      1_000, 2_000, 32_000, 300_000,
    ])
    expect(pauseMs({ ...failing, everyMs: 3_600_000 }, 9)).toBe(3_600_000)
  })

  test('are waited for when they are stopped, and told so by their signal', async () => {
    let end = (): void => undefined
    let isAborted = false
    const running = startJobs(HOUSE, [
      job(async (_, signal) => {
        await new Promise<void>((resolve) => {
          end = resolve
        })
        isAborted = signal.aborted
        return true
      }),
    ])
    await vi.advanceTimersByTimeAsync(1_000)
    let isStopped = false
    const stopped = running.stop().then(() => {
      isStopped = true
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(isStopped).toBe(false)
    end()
    await stopped
    expect(isAborted).toBe(true)
  })
})

describe('jobs asked for by hand', () => {
  test('run until none has anything left', async () => {
    const waiting = { first: 3, second: 2 }
    await runJobs(HOUSE, [job(async () => --waiting.first > 0), job(async () => --waiting.second > 0)])
    expect(waiting).toEqual({ first: 0, second: 0 })
  })

  test('throw what a job throws', async () => {
    const broken = runJobs(HOUSE, [job(() => Promise.reject(new Error('broken')))])
    await expect(broken).rejects.toThrow('broken')
  })
})
