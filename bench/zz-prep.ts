import { openMachine } from './machine.ts'
import { openBooks, addAccounts, addBusyAccount, tidy } from './books.ts'
const m = openMachine()
const T = async (n: string, f: () => Promise<any>) => { const t = performance.now(); try { return await f() } finally { console.log(n, ((performance.now() - t)/1000).toFixed(2), 's') } }
try {
  const d = await m.open({ url: await m.newPostgres() }); const q = d.pool.query.bind(d.pool)
  ;(d.pool as any).query = async (...a: any[]) => { const t = performance.now(); try { return await (q as any)(...a) } finally { const s = (performance.now() - t) / 1000; if (s > 3) console.log(s.toFixed(1), String(a[0]?.text ?? a[0]).slice(0, 60).replace(/\s+/g, ' ')) } }
  const b = await openBooks(d)
  await T('charges', () => addAccounts(b, { accounts: 10_000, charges: 400 }))
  await T('busy', () => addBusyAccount(b, 1_000_000))
  await T('tidy', () => tidy(b))
  const d2 = await m.open({ url: await m.newPostgres() }); const b2 = await openBooks(d2)
  await T('accounts', () => addAccounts(b2, { accounts: 1_000_000 })); await T('tidy', () => tidy(b2))
  await b.close(); await b2.close()
} finally { await m.close() }
