/** What the papers promise, read out of their Markdown, so that a test can hold them to it. */
import { posix } from 'node:path'
import type { SourceFile } from './source-files.ts'

const FOLDERS = /^(\.ci|bench|catalogs|core|docs|examples|scripts|sdk|server|tests|web)\//

// Patterns, and what a build makes.
const NOT_A_FILE = /[*<{…]|\/dist\b/

/** The paths a paper names in backticks, from the root of the repository. */
export function pathsIn(markdown: string): string[] {
  const quoted = [...markdown.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] as string)
  return quoted.filter((text) => (FOLDERS.test(text) || /^[A-Z]+\.md$/.test(text)) && !NOT_A_FILE.test(text))
}

/** The TypeScript files a folder's README names, from the root: relative to its folder, unless they are already. */
export function modulesIn(readme: SourceFile): string[] {
  const folder = posix.dirname(readme.path)
  const quoted = [...readme.text.matchAll(/`([\w./-]+\.ts)`/g)].map((match) => match[1] as string)
  return quoted.map((path) => (FOLDERS.test(path) ? path : posix.join(folder, path)))
}

/** What `npm` is told to do in a paper: the names of scripts. */
export function scriptsIn(markdown: string): string[] {
  const named = [...markdown.matchAll(/\bnpm (?:run ([a-z:-]+)|(start|test)\b)/g)]
  return named.map((match) => (match[1] ?? match[2]) as string)
}

/** The commands of a paper's fenced shell blocks, in order; comments and output apart. */
export function commandsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)]
    .flatMap((match) => (match[1] as string).split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** The lines of the section under this heading, up to the next heading of its rank or above. */
export function sectionOf(markdown: string, heading: string): string {
  const [start, rank] = headingAt(markdown, heading)
  const rest = markdown.slice(start)
  const end = rest.search(new RegExp(`^#{1,${rank}} `, 'm'))
  return end === -1 ? rest : rest.slice(0, end)
}

function headingAt(markdown: string, heading: string): [end: number, rank: number] {
  for (const match of markdown.matchAll(/^(#+) (.*)$/gm)) {
    if (match[2] === heading) return [match.index + match[0].length, (match[1] as string).length]
  }
  throw new Error(`no section "${heading}"`)
}

/** The rows of the first table of a text, without its head. */
export function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim()),
  )
}
