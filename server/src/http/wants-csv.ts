/** Whether a list is asked for as a file: by its address first, else by what the client accepts. */
export function wantsCsv(accept: string, format: 'json' | 'csv' | undefined): boolean {
  return format === undefined ? /\btext\/csv\b/i.test(accept) : format === 'csv'
}
