/** Pages without scripts. What is put into one is text, whatever it looks like. */

export interface Html {
  readonly html: string
}

type Part = Html | string | number | readonly Html[]

/** A template whose parts are escaped, for elements and quoted attributes alike, unless they are Html already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, index) => string + (index < parts.length ? textOf(parts[index]!) : ''))
  return { html: text.join('') }
}

function textOf(part: Part): string {
  if (typeof part === 'object') return 'html' in part ? part.html : part.map((one) => one.html).join('')
  return escaped(String(part))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
