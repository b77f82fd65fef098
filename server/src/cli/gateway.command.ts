/** `scrip gateway list | set | events`: what the project is set up with, and what gateways told that could not be handled. */
import { type Command, Option } from 'commander'
import { printJson, withClient } from './asking.ts'
import { type AskingOptions, withAskingOptions } from './options.ts'
import { idIn } from './send.ts'
import { misused } from './stop.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'
import { instantText } from './words.ts'

const EXAMPLES = `
Settings are read from the input, a name=value on each line, so that no secret stands in the command line:
  stripe      secretKey, webhookSecret
  razorpay    keyId, keySecret, webhookSecret

Examples:
  $ scrip gateway set stripe < stripe.env
  $ scrip gateway list
  $ scrip gateway events --status failed        what could not be handled yet`

interface Gateway {
  readonly gateway: string
  readonly isSetUp: boolean
  readonly settings: Readonly<Record<string, string>>
  readonly webhookUrl: string | null
}

interface GatewayEvent {
  readonly id: string
  readonly gateway: string
  readonly type: string
  readonly status: string
  readonly reason: string | null
  readonly orderId: string | null
  readonly receivedAt: string
}

export function addGatewayCommand(program: Command, terminal: Terminal): void {
  const gateway = program
    .command('gateway')
    .description('set up payment gateways, and see what they told')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  withAskingOptions(gateway.command('list'))
    .description('list the gateways, and with which of them the project is set up')
    .action((options: AskingOptions) => list(terminal, options))
  withAskingOptions(gateway.command('set'))
    .description('set the project up with a gateway; settings come from the input')
    .argument('<name>', 'stripe or razorpay')
    .action((name: string, options: AskingOptions) => set(terminal, name, options))
  withAskingOptions(gateway.command('events'))
    .description('list what gateways told, newest first')
    .addOption(new Option('--status <status>', 'in this state').choices(['received', 'handled', 'failed']))
    .action((options: AskingOptions & { status?: string }) => events(terminal, options))
}

async function list(terminal: Terminal, options: AskingOptions): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const answer = await client.get<{ data: readonly Gateway[] }>({ method: 'GET', path: '/gateways' })
    if (options.json === true) return printJson(terminal, answer)
    const columns = [
      { title: 'Gateway', text: (one: Gateway) => one.gateway },
      { title: 'Set up', text: (one: Gateway) => (one.isSetUp ? 'yes' : 'no') },
      { title: 'Settings', text: settingsText },
      { title: 'Webhooks go to', text: (one: Gateway) => one.webhookUrl ?? '' },
    ]
    terminal.print(table(columns, answer.data, terminal.columns))
  })
}

function settingsText({ settings }: Gateway): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

async function set(terminal: Terminal, name: string, options: AskingOptions): Promise<void> {
  const body = settingsIn(await terminal.readInput())
  await withClient(terminal, options, async (client) => {
    const shown = await client.get<Gateway>({ method: 'PUT', path: `/gateways/${idIn(name)}`, body })
    if (options.json === true) return printJson(terminal, shown)
    terminal.print(`The project is set up with ${name}: ${settingsText(shown)}.`)
    if (shown.webhookUrl !== null) terminal.say(`Let ${name} send its webhooks to ${shown.webhookUrl}`)
  })
}

/** `name=value`, as in a file for the environment; the value is never said again. */
function settingsIn(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => line.trim())
  const settings: Record<string, string> = {}
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue
    const match = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line)
    if (match === null) throw misused(`Line ${index + 1} of the input is no name=value.`)
    settings[match[1]!] = match[2]!
  }
  if (Object.keys(settings).length > 0) return settings
  throw misused('The settings come from the input, a name=value on each line; there were none.')
}

async function events(terminal: Terminal, options: AskingOptions & { status?: string }): Promise<void> {
  await withClient(terminal, options, async (client) => {
    const query = { status: options.status, limit: 200 }
    const page = await client.get<{ data: readonly GatewayEvent[] }>({
      method: 'GET',
      path: '/gateway-events',
      query,
    })
    if (options.json === true) return printJson(terminal, page)
    if (page.data.length === 0) return terminal.say('No events.')
    const columns = [
      { title: 'Received', text: (one: GatewayEvent) => instantText(one.receivedAt) },
      { title: 'Gateway', text: (one: GatewayEvent) => one.gateway },
      { title: 'Type', text: (one: GatewayEvent) => one.type },
      { title: 'Order', text: (one: GatewayEvent) => one.orderId ?? '' },
      { title: 'State', text: (one: GatewayEvent) => [one.status, one.reason ?? ''].join(' ').trim() },
    ]
    terminal.print(table(columns, page.data, terminal.columns))
  })
}
