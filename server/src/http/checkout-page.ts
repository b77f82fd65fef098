/** The pages on which a customer pays: plain forms, for a phone or a wide screen, by day or by night. */
import { formatMoney } from '@scrip/core'
import type { HostedCheckout } from '../gateways/hosted-link.ts'
import {
  openDispute,
  paidOf,
  type SandboxActName,
  type SandboxOrder,
} from '../gateways/sandbox/sandbox-order.ts'
import type { SandboxPage } from '../operations/sandbox-page.ts'
import { type Html, html } from './html.ts'

export const STYLE = `:root { color-scheme: light dark; --text: #1c1c1e; --quiet: #55555b; --page: #f4f4f6; --card: #fff; --line: #c9c9d1; --main: #1d4ed8; --onmain: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #f2f2f5; --quiet: #b0b0ba; --page: #121214; --card: #1e1e22; --line: #46464f; --main: #9db8ff; --onmain: #10142a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
main { max-width: 28rem; margin: 0 auto; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .quiet { color: var(--quiet); } .total { font-size: 2rem; font-weight: 600; margin: .5rem 0; }
form { display: block; margin: .5rem 0; } label { display: block; margin: .5rem 0 .25rem; }
input { width: 100%; padding: .6rem; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: .5rem; }
button { width: 100%; min-height: 2.75rem; padding: .6rem 1rem; font: inherit; color: var(--text); background: transparent; border: 1px solid var(--line); border-radius: .5rem; cursor: pointer; }
button.main { color: var(--onmain); background: var(--main); border-color: var(--main); font-weight: 600; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; } a { color: var(--main); }
`

const STYLE_PATH = '/checkout/style.css'

function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><link rel="stylesheet" href="${STYLE_PATH}"></head>
<body><main>${body}</main></body></html>
`.html
}

const NONE = html``

export function donePage(): string {
  return page(
    'Thank you',
    html`<h1>Thank you</h1><p>The payment is with the bank. You may close this page: the credits arrive by themselves.</p>`,
  )
}

export function problemPage(title: string, detail: string): string {
  return page(title, html`<h1>${title}</h1><p role="alert">${detail}</p>`)
}

/** `problem`: why the button that was pressed did nothing. */
export function sandboxPage(
  { order, customer }: SandboxPage,
  backTo: string | null,
  problem: string | null,
): string {
  const { checkout } = order
  return page(
    `Pay ${formatMoney(checkout.total)} · Sandbox`,
    html`<p class="quiet">Sandbox: no money moves.</p>
<h1>${checkout.description}</h1>
<p class="quiet">For ${customer}</p>
<p class="total">${formatMoney(checkout.total)}</p>
<p role="status">${stateWords(order)}</p>
${problem === null ? NONE : html`<p role="alert">${problem}</p>`}
${paidOf(order) === null ? customerForms(order) : bankForms(order)}
${backTo === null ? NONE : html`<p><a href="${backTo}">Back to the shop</a></p>`}
<p class="quiet">Order ${order.orderId}</p>`,
  )
}

function stateWords(order: SandboxOrder): string {
  const last = order.payment.facts.at(-1)
  switch (last?.kind) {
    case undefined:
      return 'Not paid yet.'
    case 'pending':
      return 'The payment is under way, and may take days.'
    case 'failed':
      return 'The card was declined. Another try is possible.'
    case 'abandoned':
      return 'The page was closed. It can still be paid.'
    case 'refunded':
      return `${formatMoney(last.returned)} were returned.`
    case 'disputed':
      return 'The payment is disputed.'
    case 'dispute_won':
      return 'The dispute was won: the payment stands.'
    case 'dispute_lost':
      return 'The dispute was lost: the money went back.'
    default:
      return 'Paid.'
  }
}

function customerForms(order: SandboxOrder): Html {
  return html`<h2>What the customer does</h2>
${button(order, 'pay', 'Pay', true)}${button(order, 'decline', 'Pay with a card that is declined')}${button(order, 'delay', 'Pay by a way that takes days')}${button(order, 'abandon', 'Close the page without paying')}
<h2>What goes wrong</h2>
${button(order, 'payWithoutWebhook', 'Pay, and lose the webhook')}${order.checkout.savesMethod ? button(order, 'payWithDecliningCard', 'Pay with a card that declines later charges') : NONE}`
}

function bankForms(order: SandboxOrder): Html {
  const disputes =
    openDispute(order) === null
      ? button(order, 'dispute', 'Dispute the payment')
      : html`${button(order, 'winDispute', 'The shop wins the dispute')}${button(order, 'loseDispute', 'The shop loses the dispute')}`
  return html`<h2>What the bank does</h2>
<form method="post" action="/sandbox/checkout/${order.orderId}"><input type="hidden" name="act" value="refund">
<label for="amount">Amount to return, in the smallest unit; empty returns all that is left</label>
<input id="amount" name="amount" inputmode="numeric" pattern="[0-9]*" autocomplete="off"><button>Return money</button></form>
${disputes}${button(order, 'payAgain', 'Pay a second time')}`
}

function button({ orderId }: SandboxOrder, act: SandboxActName, words: string, isMain = false): Html {
  return html`<form method="post" action="/sandbox/checkout/${orderId}"><input type="hidden" name="act" value="${act}"><button${isMain ? html` class="main"` : NONE}>${words}</button></form>`
}

export const RAZORPAY_FORM = 'https://api.razorpay.com/v1/checkout/embedded'

/** Razorpay's page is opened by a form: it is told the order, and comes back to `callbackUrl` with its signature. */
export function razorpayPage(checkout: HostedCheckout, callbackUrl: string): string {
  const { keyId, orderId, total, seller, description, returnUrl } = checkout
  const fields: Readonly<Record<string, string | number>> = {
    key_id: keyId,
    order_id: orderId,
    amount: total.amount,
    currency: total.currency,
    name: seller,
    description,
    callback_url: callbackUrl,
    cancel_url: returnUrl,
  }
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return page(
    `Pay ${formatMoney(total)}`,
    html`<p class="quiet">${seller}</p><h1>${description}</h1><p class="total">${formatMoney(total)}</p>
<form method="post" action="${RAZORPAY_FORM}">${inputs}<button class="main">Pay with Razorpay</button></form>
<p><a href="${returnUrl}">Back to the shop</a></p>`,
  )
}
