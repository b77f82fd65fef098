/** What a product's walk.md calls proved, and the titles of the tests that would have to prove it. */
import ts from 'typescript'

export interface Walked {
  readonly number: number
  readonly sentence: string
}

/** The numbered sentences of a section, in bold, each a line of its own. */
export function walkedIn(section: string): Walked[] {
  return [...section.matchAll(/^(\d+)\. \*\*(.+)\*\*$/gm)].map((match) => ({
    number: Number(match[1]),
    sentence: match[2] as string,
  }))
}

/** The titles of a test file's tests, in their order. A title that is not written out is no title. */
export function titlesIn(source: string): string[] {
  const titles: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'test') {
      const [title] = node.arguments
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('scenario.test.ts', source, ts.ScriptTarget.Latest))
  return titles
}

/** Where a walk and its tests differ: a sentence without a test, a test without a sentence, another order, a wrong number. */
export function walkFaults(walked: readonly Walked[], titles: readonly string[]): string[] {
  const sentences = walked.map(({ sentence }) => sentence)
  const unproved = sentences.filter((sentence) => !titles.includes(sentence))
  const unlisted = titles.filter((title) => !sentences.includes(title))
  const misnumbered = walked.filter(({ number }, index) => number !== index + 1)
  const faults = [
    ...unproved.map((sentence) => `no test proves: ${sentence}`),
    ...unlisted.map((title) => `the walk does not list: ${title}`),
    ...misnumbered.map(({ number, sentence }) => `${number} is not its number: ${sentence}`),
  ]
  if (faults.length > 0) return faults
  return sentences
    .filter((sentence, index) => sentence !== titles[index])
    .map((sentence) => `not in its order: ${sentence}`)
}
