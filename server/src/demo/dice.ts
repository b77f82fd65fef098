/** Seeded chance: the same seed tells the same story on every machine. */
export interface Dice {
  /** From 0 up to, not including, 1. */
  throw(): number
  /** A whole number, both ends included. */
  whole(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  /** How many of something with this average happen, as independent events do. */
  count(average: number): number
}

export function openDice(seed: string): Dice {
  const next = mulberry32(hash(seed))
  return {
    throw: next,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)]!,
    count: (average) => poisson(next, average),
  }
}

/** FNV-1a: seeds that differ in one letter start far apart. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (const letter of text) sum = Math.imul(sum ^ letter.codePointAt(0)!, 0x01000193)
  return sum >>> 0
}

/** Tommy Ettinger's generator: 32 bits of state, good enough for a story and not for a secret. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function poisson(next: () => number, average: number): number {
  const limit = Math.exp(-average)
  let count = 0
  for (let product = next(); product > limit; product *= next()) count++
  return count
}
