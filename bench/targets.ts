/** What the lines must reach, on a machine that does nothing else. The rest of the lines are for information. */

export type Target = { readonly what: 'ratio' | 'value' } & (
  | { readonly atLeast: number }
  | { readonly atMost: number }
)

const ratioAtLeast = (atLeast: number): Target => ({ what: 'ratio', atLeast })
const ratioAtMost = (atMost: number): Target => ({ what: 'ratio', atMost })
const valueAtMost = (atMost: number): Target => ({ what: 'value', atMost })

const ENGINE: Readonly<Record<string, Target>> = {
  'engine.spread': ratioAtLeast(25),
  'engine.spread.256': ratioAtLeast(25),
  'engine.spread.bulk': ratioAtLeast(0.5),
  'engine.spread.256.bulk': ratioAtLeast(0.5),
  // Charging with its events told costs at most 1.15 times what it costs without.
  'engine.told': ratioAtLeast(0.87),
  'engine.hot': ratioAtLeast(1.2),
  'engine.hot.256': ratioAtLeast(1.2),
}

const HTTP: Readonly<Record<string, Target>> = {
  'http.spread': ratioAtLeast(0.3),
  'http.spread.p99': ratioAtMost(4),
  'http.hot': ratioAtLeast(0.9),
  'http.single': ratioAtMost(2),
  'http.batch': ratioAtLeast(0.6),
}

const SIZE: Readonly<Record<string, Target>> = {
  'size.history': ratioAtMost(1.2),
  'size.accounts': ratioAtMost(1.2),
  'size.lots': ratioAtMost(2),
  'read.months': valueAtMost(20),
  'read.transactions': valueAtMost(20),
}

const EMBEDDED: Readonly<Record<string, Target>> = {
  'http.spread.embedded': ratioAtLeast(0.4),
  'http.hot.embedded': ratioAtLeast(0.4),
  'http.batch.embedded': ratioAtLeast(0.4),
  // A latency: 40 % of PostgreSQL's speed is two and a half times its time.
  'http.single.embedded': ratioAtMost(2.5),
  'memory.embedded': valueAtMost(450),
  'ready.embedded': valueAtMost(2000),
  'ready.cold.embedded': valueAtMost(6000),
}

export const TARGETS: Readonly<Record<string, Target>> = {
  ...ENGINE,
  ...HTTP,
  ...SIZE,
  memory: valueAtMost(200),
  // The resident set after the last part of a million charges, of that after the part before it.
  'memory.growth': ratioAtMost(1.05),
  ready: valueAtMost(1000),
  ...EMBEDDED,
}
