/** Who appears in the stories. Invented, and with addresses of domains that nobody can own. */
import type { Dice } from './dice.ts'
import type { Member } from './story.ts'

const FIRST =
  'Ada Amara Anil Bea Chen Dario Elif Emil Farah Gita Hana Igor Ines Jonas Kofi Lena Luca Maya Mei Nadia Noor Omar Pia Ravi Rosa Sami Sofia Tariq Theo Uma Vera Yuki Zoe'.split(
    ' ',
  )
const LAST =
  'Abbas Bauer Castro Dietz Ekwueme Fischer Garcia Hansen Ito Joshi Keller Lindt Mehta Novak Okafor Petrov Quist Rossi Silva Tanaka Usman Vogel Weber Xu Yilmaz Zimmer'.split(
    ' ',
  )
const WHAT =
  'Alder Beacon Cedar Copper Drift Ember Falcon Granite Harbor Indigo Juniper Kite Lumen Maple Nimbus Orchid Pebble Quartz River Saffron Tundra Umber Violet Willow Zephyr'.split(
    ' ',
  )
const KIND = [
  'Studio',
  'Labs',
  'Media',
  'Works',
  'Collective',
  'Partners',
  'House',
  'Group',
  'Agency',
  'Goods',
]

export interface Person {
  readonly name: string
  /** `ada.bauer` */
  readonly handle: string
}

export function castPerson(dice: Dice): Person {
  const [first, last] = [dice.pick(FIRST), dice.pick(LAST)]
  return { name: `${first} ${last}`, handle: `${first}.${last}`.toLowerCase() }
}

/** Different names for so many companies, in an order of chance. */
export function castCompanies(dice: Dice, count: number): readonly string[] {
  const names = WHAT.flatMap((what) => KIND.map((kind) => `${what} ${kind}`))
  const chosen: string[] = []
  while (chosen.length < count) chosen.push(names.splice(dice.whole(0, names.length - 1), 1)[0]!)
  return chosen
}

export function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

/** A team: its first member is the admin, and from three on one does the billing. */
export function castTeam(dice: Dice, company: string, size: number): readonly Member[] {
  const domain = `${slugOf(company)}.example`
  const handles = new Set<string>()
  const team: Member[] = []
  while (team.length < size) {
    const { name, handle } = castPerson(dice)
    if (handles.has(handle)) continue
    handles.add(handle)
    const role = team.length === 0 ? 'admin' : team.length === 1 && size > 2 ? 'billing' : 'member'
    team.push({ userId: handle, name, email: `${handle}@${domain}`, role })
  }
  return team
}
