/**
 * One line that is written over as work goes on. Plain, because it must leave Ctrl-C to the program: the
 * bars of prompt libraries take the keyboard and end the process without letting it close its data.
 */
export interface ProgressBar {
  /** A part from 0 to 1, with words beside it; asked for them and written at each percent. */
  show(part: number, words: () => string): void
  /** The last line stays. */
  end(words: string): void
}

const BAR_WIDTH = 30
const CLEAR_LINE = '\r\u001b[2K'

export function progressBar(write: (text: string) => void, columns: number): ProgressBar {
  let shown = -1
  return {
    show(part, words) {
      const percent = Math.floor(part * 100)
      if (percent === shown) return
      shown = percent
      write(`${CLEAR_LINE}${barLine(part, words(), columns)}`)
    },
    end: (words) => write(`${CLEAR_LINE}${words}\n`),
  }
}

/** Never as wide as the terminal, where it would go on in the next line and stay there. */
function barLine(part: number, words: string, columns: number): string {
  const percent = `${Math.floor(part * 100)} %`.padStart(5)
  const width = Math.min(BAR_WIDTH, columns - percent.length - 2)
  const full = Math.round(part * width)
  const bar = '█'.repeat(full) + '░'.repeat(width - full)
  return `${bar} ${percent}  ${words}`.slice(0, columns - 1).trimEnd()
}
