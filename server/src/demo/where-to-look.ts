/** What the demo prints: where it is, a key for each product, and three requests that work when pasted. */
import type { DemoFile } from './demo-file.ts'
import { CLIP_MAKER } from './stories/picsart.story.ts'
import { NEWCOMER } from './stories/powerpost.story.ts'

interface DemoRequest {
  readonly title: string
  readonly curl: string
}

export function whereToLook(url: string, demo: DemoFile): string {
  const keys = demo.products.map(({ name, apiKey }) => `  ${name.padEnd(16)}${apiKey}`)
  const requests = demoRequests(url, demo).flatMap(({ title, curl }) => ['', `${title}:`, '', curl])
  return [
    `Scrip is at ${url}`,
    `  Every route:  ${url}/docs`,
    `  Every "no":   ${url}/docs/errors`,
    '',
    'A key for each product (test mode, a year of use each):',
    ...keys,
    ...requests,
    '',
  ].join('\n')
}

function demoRequests(url: string, demo: DemoFile): readonly DemoRequest[] {
  const keyOf = (product: string): string =>
    demo.products.find((entry) => entry.product === product)?.apiKey ?? ''
  return [
    {
      title: 'What a PowerPost customer sees with its own key',
      curl: `curl -s ${url}/api/v1/account/credits -H "x-api-key: ${demo.customerKey}"`,
    },
    {
      title: 'What a post would cost, line by line',
      curl: curl(`${url}/api/v1/quotes/batch`, keyOf('powerpost'), {
        accountId: NEWCOMER,
        items: [
          { action: 'caption.generate', options: { research: 'regular' } },
          { action: 'image.generate', quantities: { images: 1 } },
          { action: 'post.publish', options: { platforms: ['x', 'linkedin', 'instagram'] } },
        ],
      }),
    },
    {
      title: 'A refusal that says what would help',
      curl: curl(`${url}/api/v1/charges`, keyOf('picsart'), {
        accountId: CLIP_MAKER,
        action: 'video.generate',
        quantities: { seconds: 30 },
      }),
    },
  ]
}

function curl(address: string, key: string, body: unknown): string {
  const json = JSON.stringify(body)
  return `curl -s ${address} -H "x-api-key: ${key}" -H "content-type: application/json" -d '${json}'`
}
