/** The documentation that is made from the tables themselves, as Markdown. */
import { ACCESS } from './access.ts'
import { eventsPage } from './event-docs.ts'
import { PROBLEMS } from './problems.ts'
import type { Route } from './route.ts'

export interface Page {
  readonly path: string
  readonly title: string
  readonly text: string
}

export function pagesOf(routes: readonly Route[]): readonly Page[] {
  return [
    { path: '/docs/errors', title: 'Errors: every code, in order of precedence', text: errorsPage() },
    { path: '/docs/access', title: 'Access: which key may do what', text: accessPage(routes) },
    { path: '/docs/watching', title: 'Watching: health, figures, work in the background', text: WATCHING },
    { path: '/docs/requests', title: 'Requests: keys, idempotency, lists, time', text: REQUESTS },
    { path: '/docs/events', title: 'Events and webhooks: every type, signatures, tries', text: eventsPage() },
  ]
}

function errorsPage(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) => `| <a id="${code}"></a>\`${code}\` | ${status} | ${title} |`,
  )
  return `# Errors

Every error is \`application/problem+json\` (RFC 9457): \`type\` (a link to its row here), \`title\`, \`status\`, \`detail\`, \`code\`,
\`requestId\`, the facts, and, for a malformed request, \`errors\` with \`path\`, \`code\`, \`expected\` and \`found\` of every fault at once.
Where several codes apply, the first of this table is answered. 503 and 429 carry \`Retry-After\`.

| code | status | title |
|---|---|---|
${rows.join('\n')}
`
}

function accessPage(routes: readonly Route[]): string {
  const rows = routes.map((route) => {
    const { needs, accountKey } = ACCESS[route.id]
    return `| \`${route.method} /api/v1${route.path}\` | ${needs} | ${accountKey ? 'yes' : 'no'} |`
  })
  return `# Access

A project's key has scopes; \`admin\` contains all others. An account's own key reads and quotes on that account and does nothing else.

| route | scope | account's own key |
|---|---|---|
${rows.join('\n')}

Payment gateways come in by \`POST /api/v1/gateways/{gateway}/webhook/{projectId}\`: without a key, by their signature over the raw body.
`
}

const REQUESTS = `# Requests

* **Keys** come in a header: \`x-api-key\`, or \`Authorization: Bearer\`. One in an address is refused.
* **Idempotency**: a write may carry \`Idempotency-Key\` (up to 255 characters). The same request under the same key gives the
  first answer again, with \`Idempotent-Replayed: true\`; another request under it is \`idempotency_key_reused\`. A refusal is not
  remembered: after a top-up the same job goes through under the same key.
* **dryRun=true** on any write answers what it would do, and does nothing.
* **Credits** are plain JSON numbers with at most the project's decimals; more are refused, never rounded.
* **Instants** are ISO 8601 in UTC; a date without time is midnight in the account's time zone; spans are half-open.
* **Lists** answer \`{ data, nextCursor }\`, newest first, up to 200 at once; \`order=asc\` reads oldest first. A cursor belongs to its list.
* **Unknown fields and parameters** are refused with their path and the nearest known name.
* **Another method** on an address that there is, is \`method_not_allowed\` (405), with the methods it has in \`Allow\`.
`

const WATCHING = `# Watching

* **/healthz** says that the process lives, **/readyz** that its database answers.
* **/metrics** has the figures of the installation as Prometheus reads them: from the same machine, and from others with a key that
  has the scope \`admin\`. A request that a proxy hands on comes from elsewhere.
* What should not stay above zero: \`scrip_due_oldest_seconds\`, \`scrip_outbox_lag_seconds\`, \`scrip_webhook_endpoints_failing\`,
  \`scrip_mails_lag_seconds\`, \`scrip_payments_stuck\`, \`scrip_payments_unsettled\`, \`scrip_gateway_events_unhandled\`, and the rate of
  \`scrip_job_failures_total\`. What should stay 1: \`scrip_database_up\`.
* **Work in the background** is done by every \`scrip serve\` beside its requests; with \`--no-jobs\` it is left to \`scrip work\`. Any
  number of processes may run it, each thing is done once, and what a dead one left is taken up by another.
* **Exports** are kept for 30 days. \`SCRIP_EXPORT_FOLDER\` opens a folder below which scheduled ones may be put.
`

/** What an agent reads first: the pages there are, one a line. */
export function llmsText(pages: readonly Page[]): string {
  const lines = pages.map(({ path, title }) => `- [${title}](${path}.md)`)
  return `# Scrip

> Prepaid credits for a product's customers: what an action costs, charges, holds, refunds, plans and refills, and where every credit went.

- [OpenAPI 3.1, every operation](/openapi.json)
- [JSON Schema of a catalog](/catalog.schema.json)
${lines.join('\n')}
`
}

/** A page for people, without scripts: Markdown in a frame that needs none. */
export function htmlOf({ title, text }: Page): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} · Scrip</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{border:1px solid #8884;padding:.3rem .6rem;text-align:left}code{background:#8882;padding:0 .2em}</style>
</head><body>${toHtml(text)}</body></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** The few forms that these pages use: headings, lists, tables, paragraphs, code, anchors. */
function toHtml(markdown: string): string {
  return markdown
    .split(/\n{2,}/)
    .map((block) => blockOf(block.trim()))
    .join('\n')
}

function blockOf(block: string): string {
  if (block.startsWith('# ')) return `<h1>${inline(block.slice(2))}</h1>`
  if (block.startsWith('* ')) {
    const items = block.split(/\n(?=\* )/).map((item) => `<li>${inline(item.slice(2))}</li>`)
    return `<ul>${items.join('')}</ul>`
  }
  if (!block.startsWith('|')) return `<p>${inline(block)}</p>`
  const [head, , ...rows] = block.split('\n')
  const cells = (row: string, tag: string): string =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`)
      .join('')
  return `<table><tr>${cells(head ?? '', 'th')}</tr>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`
}

function inline(text: string): string {
  return escapeHtml(text)
    .replace(/&lt;a id="([\w-]+)"&gt;&lt;\/a&gt;/g, '<a id="$1"></a>')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<b>$1</b>')
}
