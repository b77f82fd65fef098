/** `scrip demo`: five products with a year of use, to look around in. */
import type { Command } from 'commander'
import type { DemoProgress } from '../demo/demo.ts'
import type { DemoFile } from '../demo/demo-file.ts'
import { whereToLook } from '../demo/where-to-look.ts'
import type { Scrip } from '../scrip.ts'
import { wholeNumber } from './options.ts'
import type { ProgressBar } from './progress-bar.ts'
import { dataFolderOf } from './reach.ts'
import { closing, listen, openServing, type ServingOptions, withServingOptions } from './serving.ts'
import { failed } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { numberText } from './words.ts'

const EXAMPLES = `
The first start tells a year of five products, in test mode; it takes about a minute. Later starts
keep everything. Interrupted in the middle, the next start goes on from there.

Examples:
  $ scrip demo
  $ scrip demo --port 9000 --data /tmp/scrip-demo`

const MONTHS = 12

interface DemoOptions extends ServingOptions {
  readonly months: number
  readonly customers?: number
}

export function addDemoCommand(program: Command, terminal: Terminal): void {
  withServingOptions(program.command('demo'))
    .description('serve five products with a year of use')
    .option('--months <number>', 'how long the story is', wholeNumber('months', 1, 36), MONTHS)
    .option('--customers <number>', 'of each product', wholeNumber('customers', 1, 1000))
    .addHelpText('after', EXAMPLES)
    .action((options: DemoOptions) => demo(terminal, { log: 'none', ...options }))
}

async function demo(terminal: Terminal, options: DemoOptions): Promise<void> {
  // Time must not run by itself while a year gone by is told.
  const opened = await openServing(terminal, options, { jobs: false })
  await closing(opened, async () => {
    const file = await tellOrStop(terminal, opened.scrip, options)
    opened.scrip.startJobs()
    const url = await listen(terminal, opened, options)
    terminal.print(whereToLook(url, file))
    terminal.say('Ctrl-C stops it; the next start keeps everything.')
    await terminal.stopped()
    terminal.say('Stopping; what was accepted is finished first.')
  })
}

/** A stop in the middle of the story is one: what was told by then is kept. */
async function tellOrStop(terminal: Terminal, scrip: Scrip, options: DemoOptions): Promise<DemoFile> {
  const { months, customers = null } = options
  const folder = dataFolderOf(terminal, options.data)
  const { openDemo } = await import('../demo/demo.ts')
  const bar = terminal.progress()
  const told = openDemo(scrip.house, folder, { months, customers }, progressOf(terminal, bar))
  const file = await Promise.race([told, terminal.stopped().then(() => null)])
  if (file !== null) return file
  told.catch(() => undefined)
  bar.end('')
  throw failed('Stopped in the middle of the story. The next start goes on from here.')
}

function progressOf(terminal: Terminal, bar: ProgressBar): DemoProgress {
  let total = 0
  let told = 0
  return {
    start(moments) {
      total = moments
      terminal.say('Telling a year of five products. This happens once, and takes about a minute.')
    },
    advance(moments) {
      told += moments
      bar.show(told / total, () => `${numberText(told)} of ${numberText(total)} acts`)
    },
    end: () => bar.end(`${numberText(total)} acts are told.`),
  }
}
