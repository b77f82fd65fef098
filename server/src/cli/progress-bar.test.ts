import { expect, test } from 'vitest'
import { progressBar } from './progress-bar.ts'

test('the bar is written over in one line, whatever the width, and its last words stay', () => {
  for (const columns of [20, 40, 120]) {
    const written: string[] = []
    const bar = progressBar((text) => written.push(text), columns)
    for (const part of [0, 0.5, 1]) bar.show(part, () => '1,200 of 2,400 acts')
    bar.end('Done.')
    const lines = written.map((text) => text.replace('\r\u001b[2K', ''))
    for (const line of lines) expect(line.length).toBeLessThan(columns)
    expect(written.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true)
    expect(lines.at(-1)).toBe('Done.\n')
  }
})

test('within one percent nothing is written again', () => {
  const written: string[] = []
  const bar = progressBar((text) => written.push(text), 80)
  bar.show(0.5, () => 'half')
  bar.show(0.509, () => 'half and a little')
  expect(written).toHaveLength(1)
  expect(written[0]).toContain('50 %  half')
})
