import type { Messages } from './messages.ts'

export const de: Messages = {
  language: 'de',
  months: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
  date: (day, month, year) => `${day}. ${month} ${year}`,
  separators: ['.', ','],
  money: (value, symbol) => `${value} ${symbol}`,
  mails: {
    low: ({ product, account, balance, threshold }) => ({
      subject: `${product}: Die Credits gehen zur Neige (noch ${balance})`,
      text: [
        `${account} hat noch ${balance} Credits. Damit ist die Grenze von ${threshold} erreicht, bei der Sie es wissen möchten.`,
        'Nichts ist unterbrochen. Kaufen Sie Credits nach oder warten Sie auf die nächste Auffüllung, bevor sie aufgebraucht sind.',
      ],
    }),
    exhausted: ({ product, account, balance }) => ({
      subject: `${product}: Die Credits sind aufgebraucht`,
      text: [
        `${account} hat seine Credits aufgebraucht (noch ${balance}).`,
        'Was Credits kostet, wird abgelehnt, bis neue da sind. Kostenloses und alles, was Sie erstellt haben, bleibt erreichbar.',
      ],
    }),
    restored: ({ product, account, balance }) => ({
      subject: `${product}: Es sind wieder Credits da (${balance})`,
      text: [`${account} hat wieder ${balance} Credits. Alles funktioniert wie zuvor.`],
    }),
    receipt: ({ product, account, total, invoice }) => ({
      subject: `${product}: Ihr Beleg über ${total}`,
      text: [
        `Vielen Dank. Wir haben ${total} für ${account} erhalten.`,
        ...(invoice === 'attached' ? ['Die Rechnung liegt bei.'] : []),
        ...(invoice === 'waits'
          ? [
              'Für eine Rechnung tragen Sie bitte Ihre Rechnungsangaben ein; sie wird verschickt, sobald diese da sind.',
            ]
          : []),
      ],
    }),
    invoice: ({ product, account, total }) => ({
      subject: `${product}: Ihre Rechnung über ${total}`,
      text: [`Anbei die Rechnung über ${total} für ${account}.`],
    }),
    credit_note: ({ product, account, total }) => ({
      subject: `${product}: Ihre Gutschrift über ${total}`,
      text: [`${total} wurden Ihnen erstattet. Anbei die Gutschrift für ${account}.`],
    }),
    payment_failed: ({ product, account, total, reason }) => ({
      subject: `${product}: Eine Zahlung über ${total} ist fehlgeschlagen`,
      text: [
        `Die Zahlung über ${total} für ${account} ist nicht zustande gekommen${reason === '' ? '' : `: ${reason}`}.`,
        'Es wurde nichts abgebucht und nichts gutgeschrieben. Sie können mit demselben oder einem anderen Zahlungsmittel erneut zahlen.',
      ],
    }),
    payment_stuck: ({ product, account, total }) => ({
      subject: `${product}: Eine Zahlung über ${total} wird noch geprüft`,
      text: [
        `Die Zahlung über ${total} für ${account} ist noch nicht bestätigt. Bitte zahlen Sie nicht ein zweites Mal.`,
        'Wir fragen beim Zahlungsanbieter weiter nach. „Erneut prüfen“ bei Ihren Käufen fragt sofort.',
      ],
    }),
    report: ({ product, account, report, missed }) => ({
      subject: `${product}: ${report}`,
      text: [
        `Anbei der Bericht „${report}“ für ${account}.`,
        ...(missed === 0 ? [] : [`Frühere Berichte, die fällig waren und ausgelassen sind: ${missed}.`]),
      ],
    }),
  },
  whyMailed: (product) => `Sie erhalten dies, weil Sie ein Konto bei ${product} betreuen.`,
  unsubscribe: 'Diese Nachrichten abbestellen',
  unsubscribePage: {
    title: 'Nachrichten abbestellen',
    ask: (address) =>
      `Nachrichten über knappe, aufgebrauchte und wieder vorhandene Credits gehen an ${address}. Abbestellen?`,
    button: 'Abbestellen',
    done: (address) => `Erledigt. An ${address} gehen keine dieser Nachrichten mehr.`,
    unknown: 'Dieser Link ist unvollständig oder stammt nicht von hier.',
  },
  invoices: {
    invoice: 'Rechnung',
    taxInvoice: 'Rechnung',
    creditNote: 'Gutschrift',
    number: 'Nummer',
    date: 'Datum',
    dueDate: 'Fällig',
    order: 'Bestellung',
    forInvoice: 'Zur Rechnung',
    invoiceDate: 'Rechnung vom',
    billTo: 'Rechnung an',
    shipTo: 'Lieferung an',
    placeOfSupply: 'Leistungsort',
    outsideIndia: 'außerhalb Indiens',
    description: 'Leistung',
    taxCode: 'HSN/SAC',
    price: 'Preis',
    discount: 'Rabatt',
    amount: 'Betrag',
    subtotal: 'Nettobetrag',
    total: 'Gesamtbetrag',
    credited: 'Gutgeschrieben',
    howToPay: 'Zahlung',
    paid: (date, gateway, paymentId) => `Bezahlt am ${date} über ${gateway}, Zahlung ${paymentId}.`,
    credits: (credits, bonus) =>
      bonus === null ? `${credits} Credits` : `${credits} Credits und ${bonus} Bonus-Credits`,
    notes: {
      reverseCharge: 'Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).',
      export: 'Export of services; no integrated tax is charged.',
    },
    page: (page, pages) => `Seite ${page} von ${pages}`,
  },
}
