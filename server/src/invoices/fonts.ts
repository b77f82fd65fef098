/** Noto Sans, under the SIL Open Font License: Latin, Greek, Cyrillic and Devanagari letters, and the signs of currencies. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create, type Font } from 'fontkit'

/** Beside this module, from source and in a release alike. */
function readFont(name: string): Font {
  return create(readFileSync(fileURLToPath(new URL(`./fonts/${name}.ttf`, import.meta.url)))) as Font
}

export interface Fonts {
  readonly regular: Font
  readonly bold: Font
}

let read: Fonts | undefined

/** Read once, when the first invoice is made: to read them again for each would take longer than the invoice. */
export function invoiceFonts(): Fonts {
  read ??= { regular: readFont('NotoSans-Regular'), bold: readFont('NotoSans-SemiBold') }
  return read
}
