/** The commands of a walk.md that a person pastes, and what each answers: read out of it and asked of the server. */
import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { Method, Product } from './product.ts'

interface Step {
  readonly method: Method
  readonly path: string
  readonly body: unknown
  /** Fragments of the answer, in any order. */
  readonly answers: readonly string[]
}

/** Asks every command of the product's walk, in order, and compares each answer with what the walk says. */
export async function walkByHand(product: Product, name: string): Promise<void> {
  const walk = await readFile(new URL(`../../catalogs/${name}/walk.md`, import.meta.url), 'utf8')
  const steps = stepsIn(walk)
  expect(steps.length).toBeGreaterThan(5)
  for (const { method, path, body, answers } of steps) {
    const { text } = await product.call(method, path, body)
    for (const fragment of answers) expect(text, `${method} ${path}`).toContain(fragment)
  }
}

/** Each `ask` line of the shell blocks with its line of the text block that follows: as many of one as of the other. */
export function stepsIn(walk: string): Step[] {
  const commands = linesOf(walk, 'sh').filter((line) => line.startsWith('ask '))
  const answers = linesOf(walk, 'text')
  expect(answers.length).toBe(commands.length)
  return commands.map((command, index) => ({
    ...commandOf(command),
    answers: (answers[index] as string).split(' … '),
  }))
}

function linesOf(markdown: string, language: string): string[] {
  const blocks = [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))]
  return blocks.flatMap((block) => (block[1] as string).trim().split('\n'))
}

function commandOf(command: string): Omit<Step, 'answers'> {
  const words = /^ask (GET|POST|PUT) (?:'([^']+)'|(\S+))(?: '(.+)')?$/.exec(command)
  if (words === null) throw new Error(`not a command that can be asked: ${command}`)
  const [, method, quoted, plain, body] = words
  return {
    method: method as Method,
    path: (quoted ?? plain) as string,
    body: body === undefined ? undefined : JSON.parse(body),
  }
}
