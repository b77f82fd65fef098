import { expect, test } from 'vitest'
import { run } from './terminal-under-test.ts'

const FROM = 'Acme Credits <credits@example.com>'

test.each([
  ['a sender without a server', { SCRIP_MAIL_FROM: FROM }, 'SCRIP_MAIL_FROM is set without SCRIP_SMTP_URL'],
  ['a server without a sender', { SCRIP_SMTP_URL: 'smtp://mail.example.com' }, 'SCRIP_MAIL_FROM is needed'],
  [
    'a server that is none',
    { SCRIP_SMTP_URL: 'mail.example.com', SCRIP_MAIL_FROM: FROM },
    'SCRIP_SMTP_URL is no address',
  ],
  [
    'a sender that is no address',
    { SCRIP_SMTP_URL: 'smtp://mail.example.com', SCRIP_MAIL_FROM: 'Acme' },
    'SCRIP_MAIL_FROM is needed',
  ],
])('%s for mails is said before anything is opened', async (_what, env, said) => {
  const { exitCode, err } = await run(['serve', '--data', '/dev/null/never-opened', '--port', '0'], { env })
  expect([exitCode, err.includes(said)]).toEqual([2, true])
})
