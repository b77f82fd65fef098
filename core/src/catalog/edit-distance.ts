/** How far a misspelt name is from a known one: the least number of letters to put in, leave out or exchange. */
export function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const swap = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[right.length]!
}

/** Names longer than this are compared by their beginnings. */
const COMPARED_MAX = 60

/** The known names, that which differs least from `name` first; of equals the one that is known first. */
export function nearestFirst(name: string, known: readonly string[]): string[] {
  const asked = name.slice(0, COMPARED_MAX).toLowerCase()
  const distances = known.map((candidate) => ({
    candidate,
    distance: editDistance(asked, candidate.slice(0, COMPARED_MAX).toLowerCase()),
  }))
  return distances.sort((left, right) => left.distance - right.distance).map(({ candidate }) => candidate)
}
