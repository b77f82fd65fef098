import type { Messages } from './messages.ts'

export const en: Messages = {
  language: 'en',
  months: 'January February March April May June July August September October November December'.split(' '),
  date: (day, month, year) => `${day} ${month} ${year}`,
  separators: [',', '.'],
  money: (value, symbol) => (symbol.length === 3 ? `${value} ${symbol}` : `${symbol}${value}`),
  mails: {
    low: ({ product, account, balance, threshold }) => ({
      subject: `${product}: credits are running low (${balance} left)`,
      text: [
        `${account} has ${balance} credits left, which is at or below the limit of ${threshold} at which you want to know.`,
        'Nothing has stopped. Buy credits or wait for the next refill before they run out.',
      ],
    }),
    exhausted: ({ product, account, balance }) => ({
      subject: `${product}: credits have run out`,
      text: [
        `${account} has used up its credits (${balance} left).`,
        'What costs credits is refused until new ones come in. What is free, and everything you have made, stays at hand.',
      ],
    }),
    restored: ({ product, account, balance }) => ({
      subject: `${product}: credits are back (${balance})`,
      text: [`${account} has ${balance} credits again. Everything works as before.`],
    }),
    receipt: ({ product, account, total, invoice }) => ({
      subject: `${product}: your receipt for ${total}`,
      text: [
        `Thank you. We received ${total} for ${account}.`,
        ...(invoice === 'attached' ? ['The invoice is attached.'] : []),
        ...(invoice === 'waits'
          ? ['To get an invoice, fill in your billing details; it is sent as soon as they are there.']
          : []),
      ],
    }),
    invoice: ({ product, account, total }) => ({
      subject: `${product}: your invoice over ${total}`,
      text: [`Attached is the invoice over ${total} for ${account}.`],
    }),
    credit_note: ({ product, account, total }) => ({
      subject: `${product}: your credit note over ${total}`,
      text: [`${total} were returned to you. Attached is the credit note for ${account}.`],
    }),
    payment_failed: ({ product, account, total, reason }) => ({
      subject: `${product}: a payment of ${total} failed`,
      text: [
        `The payment of ${total} for ${account} did not go through${reason === '' ? '' : `: ${reason}`}.`,
        'Nothing was charged and no credits were added. You can pay again with the same or another means of payment.',
      ],
    }),
    payment_stuck: ({ product, account, total }) => ({
      subject: `${product}: a payment of ${total} is still being checked`,
      text: [
        `The payment of ${total} for ${account} is not confirmed yet. Please do not pay a second time.`,
        'We keep asking the payment provider. “Recheck” in your purchases asks at once.',
      ],
    }),
    report: ({ product, account, report, missed }) => ({
      subject: `${product}: ${report}`,
      text: [
        `Attached is the report “${report}” for ${account}.`,
        ...(missed === 0 ? [] : [`Earlier reports that were due and are left out: ${missed}.`]),
      ],
    }),
  },
  whyMailed: (product) => `You get this because you look after an account at ${product}.`,
  unsubscribe: 'Stop these messages',
  unsubscribePage: {
    title: 'Stop these messages',
    ask: (address) => `Messages about low, exhausted and restored credits go to ${address}. Stop them?`,
    button: 'Stop them',
    done: (address) => `Done. No more of these messages go to ${address}.`,
    unknown: 'This link is not complete, or was not made here.',
  },
  invoices: {
    invoice: 'Invoice',
    taxInvoice: 'Tax invoice',
    creditNote: 'Credit note',
    number: 'Number',
    date: 'Date',
    dueDate: 'Due',
    order: 'Order',
    forInvoice: 'For invoice',
    invoiceDate: 'Invoice date',
    billTo: 'Bill to',
    shipTo: 'Ship to',
    placeOfSupply: 'Place of supply',
    outsideIndia: 'outside India',
    description: 'Description',
    taxCode: 'HSN/SAC',
    price: 'Price',
    discount: 'Discount',
    amount: 'Amount',
    subtotal: 'Taxable value',
    total: 'Total',
    credited: 'Total credited',
    howToPay: 'How to pay',
    paid: (date, gateway, paymentId) => `Paid on ${date} by ${gateway}, payment ${paymentId}.`,
    credits: (credits, bonus) =>
      bonus === null ? `${credits} credits` : `${credits} credits and ${bonus} bonus credits`,
    notes: {
      reverseCharge: 'Reverse charge: the customer is liable for the value added tax.',
      export: 'Export of services; no integrated tax is charged.',
    },
    page: (page, pages) => `Page ${page} of ${pages}`,
  },
}
