/** What begins like a formula, or hides one behind a tab or line end, gets an apostrophe, which a spreadsheet shows as text. */
export function safeCell(value: string): string {
  return /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
}

/** One record as RFC 4180 writes it. Cells of text are made safe before. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => (typeof cell === 'number' ? cell : quoted(cell))).join(',')}\r\n`
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
