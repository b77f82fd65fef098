/** The size of a run, its chance, and its figure. */
import { randomInt } from 'node:crypto'
import { type Dice, openDice } from '../../server/src/demo/dice.ts'

/** `npm run test:faults` takes the long one, `npm test` the short one. */
export const IS_LONG = process.env.SCRIP_TESTS_LONG === '1'

export function size(short: number, long: number): number {
  return IS_LONG ? long : short
}

/** SEED=… throws the same dice again. Which charge a strike meets is the machine's own chance. */
export function seededDice(what: string): Dice {
  const seed = process.env.SEED ?? String(randomInt(2 ** 31))
  console.log(`${what}: SEED=${seed}`)
  return openDice(seed)
}

export function figure(what: string, told: string): void {
  console.log(`${what}: ${told}`)
}
