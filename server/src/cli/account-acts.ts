/** What an operator does for a customer: make the account, grant, adjust, subscribe, cancel. */
import { type Command, Option } from 'commander'
import { printJson, withClient } from './asking.ts'
import { type AskingOptions, creditsNumber, withAskingOptions } from './options.ts'
import { type Call, idIn } from './send.ts'
import { misused } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { numberText } from './words.ts'

const WHEN = ['now', 'periodEnd']

export function addAccountActs(account: Command, terminal: Terminal): void {
  act(account, 'create', 'make an account, or update what is given')
    .option('-n, --name <name>', 'its name')
    .option('-e, --email <address>', 'its e-mail')
    .option('--time-zone <zone>', 'such as Europe/Berlin')
    .option('--parent <id>', 'share the credits of this account')
    .action((id: string, options: CreateOptions) => create(terminal, id, options))
  act(account, 'grant', 'give credits')
    .argument('<credits>', 'how many', creditsNumber)
    .addOption(
      new Option('-k, --kind <kind>', 'what the row is called')
        .choices(['free', 'promotional', 'admin_grant'])
        .default('admin_grant'),
    )
    .option('-r, --reason <text>', 'why')
    .option('--expires <instant>', 'when they end')
    .action((id: string, credits: number, options: GrantOptions) => grant(terminal, id, credits, options))
  act(account, 'adjust', 'correct a balance')
    .option('--up <credits>', 'add so many', creditsNumber)
    .option('--down <credits>', 'take so many', creditsNumber)
    .requiredOption('-r, --reason <text>', 'why')
    .action((id: string, options: AdjustOptions) => adjust(terminal, id, options))
  act(account, 'subscribe', 'put it on a plan, or change its plan')
    .argument('<plan>', "the plan's id in the catalog")
    .addOption(new Option('--when <when>', 'of a change; by default now for more credits').choices(WHEN))
    .option('--trial', 'begin with the trial')
    .action((id: string, plan: string, options: SubscribeOptions) => subscribe(terminal, id, plan, options))
  act(account, 'cancel', 'end its subscription')
    .addOption(new Option('--when <when>', 'when it ends').choices(WHEN).default('periodEnd'))
    .action((id: string, options: SubscribeOptions) => cancel(terminal, id, options))
}

function act(account: Command, name: string, description: string): Command {
  return withAskingOptions(account.command(name)).description(description).argument('<id>', 'the account')
}

interface CreateOptions extends AskingOptions {
  readonly name?: string
  readonly email?: string
  readonly timeZone?: string
  readonly parent?: string
}

interface GrantOptions extends AskingOptions {
  readonly kind: string
  readonly reason?: string
  readonly expires?: string
}

interface AdjustOptions extends AskingOptions {
  readonly up?: number
  readonly down?: number
  readonly reason: string
}

interface SubscribeOptions extends AskingOptions {
  readonly when?: string
  readonly trial?: boolean
}

interface WithBalance {
  readonly balance: number
}

function create(terminal: Terminal, id: string, options: CreateOptions): Promise<void> {
  const { name, email, timeZone, parent } = options
  const shares = parent === undefined ? {} : { parentId: parent, pool: 'parent' }
  const body = { ...given({ name, email, timeZone }), ...shares }
  return done(
    terminal,
    options,
    { method: 'PUT', path: `/accounts/${idIn(id)}`, body },
    () => `${id} is there.`,
  )
}

function grant(terminal: Terminal, id: string, credits: number, options: GrantOptions): Promise<void> {
  const { kind, reason, expires } = options
  const body = { accountId: id, credits, kind, ...given({ reason, expiresAt: expires }) }
  const say = ({ balance }: WithBalance): string =>
    `${numberText(credits)} granted to ${id}; its balance is ${numberText(balance)}.`
  return done(terminal, options, { method: 'POST', path: '/grants', body }, say)
}

function adjust(terminal: Terminal, id: string, options: AdjustOptions): Promise<void> {
  const { up, down, reason } = options
  if ((up === undefined) === (down === undefined)) throw misused('Give one of --up and --down.')
  const body = { accountId: id, credits: up ?? -(down ?? 0), reason }
  const say = ({ balance }: WithBalance): string => `The balance of ${id} is ${numberText(balance)}.`
  return done(terminal, options, { method: 'POST', path: '/adjustments', body }, say)
}

function subscribe(terminal: Terminal, id: string, plan: string, options: SubscribeOptions): Promise<void> {
  const { when, trial } = options
  const body = { plan, ...given({ when, trial }) }
  const call: Call = { method: 'PUT', path: `/accounts/${idIn(id)}/subscription`, body }
  return done(terminal, options, call, ({ status }: { status: string }) => `${id} is on ${plan}: ${status}.`)
}

function cancel(terminal: Terminal, id: string, options: SubscribeOptions): Promise<void> {
  const path = `/accounts/${idIn(id)}/subscription`
  const call: Call = { method: 'DELETE', path, query: { when: options.when } }
  const say = (): string =>
    options.when === 'now' ? `${id} is canceled.` : `${id} is canceled at its period's end.`
  return done(terminal, options, call, say)
}

function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

async function done<T>(
  terminal: Terminal,
  options: AskingOptions,
  call: Call,
  say: (answer: T) => string,
): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const answer = await client.get<T>(call)
    if (options.json === true) printJson(terminal, answer)
    else terminal.print(say(answer))
  })
}
