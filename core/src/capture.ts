/**
 * Captures take from a hold's lots only, in the order they were pinned, even where one has expired
 * since. All captures of a hold are one charge whose amount grows, each a row. More than is held is
 * refused unless `beyondHold`: then the excess is charged in the same commit from what is available.
 */
import { assert, type Credits } from './amounts.ts'
import { countSpent } from './budget.ts'
import type { Action } from './catalog/catalog.ts'
import type { CaptureCommand } from './commands.ts'
import { type Draft, drawInOrder, lotOf, negative, putLot, record, whoAndWhy } from './draft.ts'
import { endHold, openHold, placeOf, putHold, spenderOfHold, sumOf } from './hold.ts'
import type { Draw, Entry, Hold } from './pool.ts'
import { costOfWhatHappened } from './price/cost.ts'
import { linesBeyond } from './price/lines.ts'
import type { Options, PriceLine, Quantities } from './price/price.ts'
import { type Refusal, refuse } from './refusals.ts'
import { explainPriceRefusal, refuseInsufficient } from './spend.ts'
import { actionUnderTerms } from './terms.ts'

type Outcome = { entry: Entry } | { refused: Refusal }

export function capture(draft: Draft, command: CaptureCommand): Outcome {
  const open = openHold(draft, command.hold)
  if ('refused' in open) return open
  const asked = judgeCapture(draft, open, command)
  if ('refused' in asked) return asked
  const refused = refuseExcess(draft, open, command, asked.credits)
  if (refused !== null) return { refused }

  const fromHold = takeFromHold(draft, open, Math.min(asked.credits, sumOf(open.left)))
  const beyond = asked.credits - sumOf(fromHold.taken)
  const extra = beyond === 0 ? [] : drawInOrder(draft, beyond, 'spend')
  if (beyond > 0) countSpent(draft, spenderOfHold(open), beyond, open.at)
  const changed: Hold = {
    ...open,
    left: fromHold.left,
    captured: open.captured + asked.credits,
    happened: asked.happened,
  }
  const draws = [...fromHold.taken, ...extra]
  const entry = recordCapture(draft, command, changed, { draws, beyond, lines: asked.lines })
  const captured = { ...changed, charge: changed.charge ?? placeOf(entry) }
  rememberCapture(draft, captured, entry)
  // Also where nothing is left to give back: the row of a hold's one ending is what `scrip verify` looks for.
  if (command.final) endHold(draft, captured, 'captured', 'release', null)
  else putHold(draft, captured)
  return { entry }
}

interface AskedCapture {
  readonly credits: Credits
  readonly happened: Hold['happened']
  /** What the credits are for; they add up to them. */
  readonly lines: readonly PriceLine[]
}

/** By credits, by what really happened so far less what was captured before, or all that is left. */
function judgeCapture(
  draft: Draft,
  open: Hold,
  command: CaptureCommand,
): AskedCapture | { refused: Refusal } {
  const byFacts = command.quantities != null || command.options != null
  const happened = byFacts ? addUp(open, command) : open.happened
  const cost = costSoFar(draft, open, happened)
  if (!byFacts) {
    const credits = command.credits ?? sumOf(open.left)
    // The price that the hold set aside explains a capture of all of it, and no other.
    const whole = open.happened === null && open.captured === 0 && !('refused' in cost) ? cost.lines : []
    return { credits, happened, lines: linesOf(draft, open, credits, whole) }
  }
  if ('refused' in cost) return { refused: explainPriceRefusal(cost) }
  const before = open.happened === null ? null : costSoFar(draft, open, open.happened)
  const linesBefore = before === null || 'refused' in before ? [] : before.lines
  const credits = Math.max(0, cost.credits - open.captured)
  return { credits, happened, lines: linesOf(draft, open, credits, linesBeyond(cost.lines, linesBefore)) }
}

/** The price of all that happened so far, or, where nothing was said of it, of what was held. */
function costSoFar(draft: Draft, open: Hold, happened: Hold['happened']) {
  const own = actionUnderTerms(actionOf(draft, open), draft.terms, open.pricedAt, open.number)
  return costOfWhatHappened(own, open, happened ?? {})
}

function actionOf(draft: Draft, open: Hold): Action {
  const action = draft.catalogs.version(open.catalogVersion).actions[open.action]
  assert(action !== undefined, 'the version that priced a hold has its action')
  return action
}

/** A price's lines where they add up to the credits; else (a part, captured by credits) one line for all of them. */
function linesOf(
  draft: Draft,
  open: Hold,
  credits: Credits,
  priced: readonly PriceLine[],
): readonly PriceLine[] {
  if (credits === 0) return []
  const sum = priced.reduce((total, line) => total + line.credits, 0)
  return sum === credits ? priced : [{ name: actionOf(draft, open).name, credits }]
}

/** Captures in steps add up: quantities are summed, lists of what succeeded are joined. */
function addUp(open: Hold, command: CaptureCommand): { quantities: Quantities; options: Options } {
  const quantities: Record<string, number> = { ...open.happened?.quantities }
  for (const [name, quantity] of Object.entries(command.quantities ?? {})) {
    quantities[name] = (quantities[name] ?? 0) + quantity
  }
  const options: Record<string, string | readonly string[]> = { ...open.happened?.options }
  for (const [name, value] of Object.entries(command.options ?? {})) {
    const before = options[name]
    const joins = typeof value !== 'string' && before !== undefined && typeof before !== 'string'
    options[name] = joins ? [...new Set([...before, ...value])] : value
  }
  return { quantities, options }
}

function refuseExcess(draft: Draft, open: Hold, command: CaptureCommand, credits: Credits): Refusal | null {
  const held = sumOf(open.left)
  if (credits <= held) return null
  if (command.beyondHold) return refuseInsufficient(draft, credits - held)
  return refuse(
    'capture_exceeds_hold',
    `The hold has ${held} credits left; ${credits} were to be captured.`,
    {
      required: credits,
      held,
      missing: credits - held,
    },
  ).refused
}

function takeFromHold(draft: Draft, open: Hold, credits: Credits): { taken: Draw[]; left: Draw[] } {
  const taken: Draw[] = []
  const left: Draw[] = []
  let missing = credits
  for (const draw of open.left) {
    const part = Math.min(draw.credits, missing)
    missing -= part
    if (part < draw.credits) left.push({ lot: draw.lot, credits: draw.credits - part })
    if (part === 0) continue
    taken.push({ lot: draw.lot, credits: part })
    const lot = lotOf(draft, draw.lot)
    putLot(draft, { ...lot, held: lot.held - part, drawn: lot.drawn + part })
  }
  assert(missing === 0, 'no more is taken than is held')
  return { taken, left }
}

interface Taken {
  readonly draws: readonly Draw[]
  /** What of it went beyond the hold. */
  readonly beyond: Credits
  readonly lines: readonly PriceLine[]
}

function recordCapture(
  draft: Draft,
  command: CaptureCommand,
  changed: Hold,
  { draws, beyond, lines }: Taken,
): Entry {
  const credits = sumOf(draws)
  const fromHold = credits - beyond
  const isFirstUse = credits > 0 && changed.captured === credits
  const released = command.final ? sumOf(changed.left) : 0
  return record(
    draft,
    {
      type: 'capture',
      accountId: changed.accountId,
      amount: -credits,
      held: -fromHold,
      draws: negative(draws),
      action: changed.action,
      userId: changed.userId,
      subject: changed.subject,
      hold: placeOf(changed),
      charge: changed.charge,
      madeAt: changed.at,
      catalogVersion: changed.catalogVersion,
      command,
      detail: captureDetail(command, changed, lines, released, beyond),
    },
    {
      available: -beyond,
      held: -fromHold,
      used: credits,
      charged: credits,
      uses: isFirstUse ? 1 : 0,
    },
  )
}

function captureDetail(
  command: CaptureCommand,
  changed: Hold,
  lines: readonly PriceLine[],
  released: Credits,
  beyond: Credits,
) {
  return {
    lines,
    ...(command.quantities ? { quantities: command.quantities } : {}),
    ...(command.options ? { options: command.options } : {}),
    ...(changed.metadata ? { metadata: changed.metadata } : {}),
    released,
    ...(beyond === 0 ? {} : { beyond }),
    chargeCredits: changed.captured,
    ...whoAndWhy(command),
  }
}

/** A refund later in the same batch finds the charge grown. */
function rememberCapture(draft: Draft, captured: Hold, entry: Entry): void {
  const charge = draft.past.charges[captured.charge!.number]
  if (charge === undefined) return
  const draws = entry.draws.map((draw) => ({ lot: draw.lot, credits: -draw.credits }))
  const grown = { ...charge, charged: charge.charged - entry.amount, draws: [...charge.draws, ...draws] }
  draft.past = { ...draft.past, charges: { ...draft.past.charges, [charge.number]: grown } }
}
