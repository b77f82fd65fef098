/** The page about events and webhooks, made from the table of types. */
import { eventTypes } from '../events/event-types.ts'
import { exampleOf } from './event.schema.ts'

export function eventsPage(): string {
  const types = eventTypes()
  const rows = types.map(([type, { version, summary }]) => `| \`${type}\` | ${version} | ${summary} |`)
  const example = Object.fromEntries(types)['credits.low']
  return `# Events and webhooks

${ABOUT}

| type | version | says |
|---|---|---|
${rows.join('\n')}

An example; those of every type, with their schemas, are the \`webhooks\` of /openapi.json:

\`${JSON.stringify(example === undefined ? {} : exampleOf('credits.low', example))}\`
`
}

const ABOUT = `* **Every event** has its \`id\`, \`type\`, \`version\`, \`timestamp\` (when it happened) and \`data\`, with the \`account\` it is told of and that
  account's \`credits\` after it; both are null where it is told of no account. Within a version fields are only added.
* **Reading**: \`GET /events?order=asc\`, then \`after=\` the last \`cursor\`. Nothing ever appears before a place that was read.
* **Charges, holds, grants and \`credits.changed\`** are told where an enabled endpoint asks for them, or after \`PUT /events/setting\`
  with \`{ "journal": true }\`; else they cost nothing. \`credits.changed\` comes at most once a second for a pool: the last state wins.
* **Webhooks**: \`POST /webhook-endpoints\` with a \`url\`, and \`types\` (\`credits.low\`, or a family, \`credits.*\`) and an \`accountId\` to ask
  for less than everything. Signed as Standard Webhooks (standardwebhooks.com): verify \`webhook-id\`,
  \`webhook-timestamp\` and \`webhook-signature\` over the raw body with the secret of the answer, by any of its libraries.
* **Answer** with a 2xx within 10 seconds, and do the work afterwards. An event may come more than once, always under the same
  \`webhook-id\`: do it once. They come roughly, not strictly, in order.
* **What is not taken** is tried eleven times in about three days. \`Retry-After\` is respected; redirects are not followed; 410 ends the
  endpoint. One that fails again and again is asked now and then until it answers, and its events wait; after five days of nothing
  it is disabled, and \`webhook_endpoint.disabled\` says so.
* **The log**: \`GET /webhook-endpoints/{id}/deliveries\`, each with its tries and the beginning of every answer;
  \`…/deliveries/{eventId}/redeliver\` sends one again, \`…/redeliver\` with \`{ from, to }\` a span.
* **A new secret**: \`…/rotate-secret\`. Until the old one's time is over everything carries two signatures, and either verifies.
* **On a developer's machine**: \`scrip listen --forward http://localhost:3000/webhooks\`.`
