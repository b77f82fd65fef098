/**
 * Where the link in a mail leads: a page that asks, since whoever scans mails opens links, and a way to do
 * it at once for mailbox providers (RFC 8058). No key: the link is signed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { messagesIn } from '../messages/messages.ts'
import type { Installation } from '../operations/installation.ts'
import { readUnsubscription, unsubscribe } from '../operations/unsubscribe.ts'
import { type Html, html } from './html.ts'

const HIDDEN = { schema: { hide: true } }
const URL = '/unsubscribe'
const FORM_BYTES_MAX = 10_000
const POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

export async function addUnsubscribeDoor(app: FastifyInstance, house: Installation): Promise<void> {
  await app.register(async (door) => {
    door.removeAllContentTypeParsers()
    // What a mailbox provider's form says is always the same, and is not needed.
    door.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, null))
    door.get(URL, HIDDEN, async (request, reply) => {
      const read = await readUnsubscription(house, tokenOf(request))
      if (read === null) return send(reply.status(404), 'en', unknownPage())
      const { title, ask, button } = read.messages.unsubscribePage
      const body = html`<h1>${title}</h1><p>${ask(read.asked.address)}</p>
<form method="post"><button class="main">${button}</button></form>`
      return send(reply, read.messages.language, page(title, read.messages.language, body))
    })
    door.post(URL, { ...HIDDEN, bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
      const read = await readUnsubscription(house, tokenOf(request))
      if (read === null) return send(reply.status(404), 'en', unknownPage())
      await unsubscribe(house, read)
      const { title, done } = read.messages.unsubscribePage
      const body = html`<h1>${title}</h1><p role="status">${done(read.asked.address)}</p>`
      return send(reply, read.messages.language, page(title, read.messages.language, body))
    })
  })
}

function tokenOf(request: FastifyRequest): string {
  const { token } = request.query as { readonly token?: unknown }
  return typeof token === 'string' ? token : ''
}

function unknownPage(): string {
  const { title, unknown } = messagesIn('en').unsubscribePage
  return page(title, 'en', html`<h1>${title}</h1><p role="alert">${unknown}</p>`)
}

function page(title: string, language: string, body: Html): string {
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><link rel="stylesheet" href="/checkout/style.css"></head>
<body><main>${body}</main></body></html>
`.html
}

function send(reply: FastifyReply, language: string, text: string): FastifyReply {
  return reply
    .headers({
      'content-security-policy': POLICY,
      'content-language': language,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(text)
}
