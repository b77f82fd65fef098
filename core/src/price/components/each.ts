/**
 * `each`: a price per started block. The one place where a price rounds: always up, once, over the
 * whole quantity, so 61 seconds are two minutes and two clips of 30 seconds together are one.
 */

/** How many blocks of `each` are started by `quantity` units; 0 for none. */
export function startedBlocks(quantity: number, each: number): number {
  return each === 1 ? quantity : Math.ceil(quantity / each)
}
