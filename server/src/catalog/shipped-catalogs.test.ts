import { readdirSync, readFileSync } from 'node:fs'
import {
  type Action,
  type Catalog,
  catalogSchema,
  costOf,
  diffCatalogs,
  largestAffordable,
  rateCard,
} from '@scrip/core'
import { Compile } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { readCatalog, sayPlacedError } from './read-catalog.ts'

const FOLDER = new URL('../../../catalogs/', import.meta.url)
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()

function shipped(name: string): { catalog: Catalog; document: unknown } {
  const read = readCatalog(readFileSync(new URL(name, FOLDER), 'utf8'), name)
  if ('errors' in read) throw new Error(read.errors.map(sayPlacedError).join('\n'))
  return read
}

function action(name: string, id: string): Action {
  return shipped(name).catalog.actions[id]!
}

function credits(
  priced: Action,
  quantities: Record<string, number>,
  options: Record<string, string | string[]> = {},
) {
  const cost = costOf(priced, quantities, options)
  return 'refused' in cost ? cost.refused : cost.credits
}

test('the five products are there, and Pinpoint a second time with its next version', () => {
  expect(FILES).toEqual([
    '9pic/catalog.yaml',
    'picsart/catalog.yaml',
    'pinpoint/catalog.yaml',
    'pinpoint/with-background-checks.yaml',
    'pinsearch/catalog.yaml',
    'powerpost/catalog.yaml',
  ])
})

describe('a shipped catalog passes the compiler and the published schema, and has a rate card:', () => {
  const schema = Compile(JSON.parse(JSON.stringify(catalogSchema)))
  test.each(FILES)('%s', (name) => {
    const { catalog, document } = shipped(name)
    expect(schema.Check(document)).toBe(true)
    expect(diffCatalogs(catalog, shipped(name).catalog)).toEqual([])
    for (const { name: sold } of [...Object.values(catalog.actions), ...Object.values(catalog.packs)]) {
      expect(rateCard(catalog)).toContain(sold)
    }
  })
})

describe('Pinsearch', () => {
  const file = 'pinsearch/catalog.yaml'
  test('40 uploaded images cost 40, a topic of 12 items 24, an image again 2, titles and text 0', () => {
    expect(credits(action(file, 'article.from-images'), { images: 40 })).toBe(40)
    expect(credits(action(file, 'article.from-topic'), { items: 12 })).toBe(24)
    expect(credits(action(file, 'article.image-again'), {})).toBe(2)
    expect(credits(action(file, 'pin.titles'), {})).toBe(0)
    expect(credits(action(file, 'article.text-again'), {})).toBe(0)
  })

  test('every action needs access, the free ones too, and lifetime is access for good with 500 credits', () => {
    const { catalog } = shipped(file)
    expect(Object.values(catalog.actions).every(({ access }) => access === 'plan')).toBe(true)
    expect(catalog.plans.lifetime).toMatchObject({
      every: null,
      credits: 500,
      price: [{ amount: 29_900, currency: 'USD' }],
    })
  })

  test('with 30 credits a topic of 25 items can have 15', () => {
    expect(largestAffordable(action(file, 'article.from-topic'), { items: 25 }, {}, 'items', 30, 25)).toEqual(
      {
        quantity: 15,
        credits: 30,
      },
    )
  })

  test('a year paid at once costs 17 % less, and its credits still come monthly', () => {
    const { plans } = shipped(file).catalog
    expect(plans['plus-yearly']).toMatchObject({
      creditsEvery: { count: 1, unit: 'month' },
      credits: 300,
      rollover: { limit: 600 },
    })
    for (const id of ['basic', 'plus', 'pro']) {
      const [monthly, yearly] = [plans[id]!.price, plans[`${id}-yearly`]!.price]
      if (monthly === 'custom' || yearly === 'custom') throw new Error('both have a price')
      expect(Math.round(100 - (100 * yearly[0]!.amount) / (12 * monthly[0]!.amount))).toBe(17)
    }
  })
})

describe('Picsart', () => {
  const file = 'picsart/catalog.yaml'
  test('20 seconds of WAN 2.7 cost 200, and the line says 10 × 20', () => {
    expect(costOf(action(file, 'video.generate'), { seconds: 20 }, { model: 'wan-2.7' })).toMatchObject({
      credits: 200,
      lines: [{ unit: 10, quantity: 20, per: 'seconds' }],
    })
  })

  test('an output of 25 megapixels costs 2, of 24 and of half a megapixel 1', () => {
    const upscale = action(file, 'image.upscale')
    const costs = [25_000_000, 24_000_000, 500_000].map((pixels) => credits(upscale, { pixels }))
    expect(costs).toEqual([2, 1, 1])
  })

  test('a resolution that the model lacks is refused with what it offers', () => {
    expect(
      credits(action(file, 'video.generate'), { seconds: 5 }, { model: 'motion-lite', resolution: '1080p' }),
    ).toMatchObject({
      code: 'option_not_available',
      allowed: ['480p', '720p'],
    })
  })

  test('plan credits reset, also monthly in a plan that is paid yearly; add-ons never expire', () => {
    const { plans, packs } = shipped(file).catalog
    expect(plans['pro-yearly']).toMatchObject({
      rollover: { kind: 'reset' },
      creditsEvery: { count: 1, unit: 'month' },
    })
    expect(Object.values(packs).every(({ expires }) => expires.kind === 'never')).toBe(true)
  })
})

describe('PowerPost', () => {
  const file = 'powerpost/catalog.yaml'
  test("the page's sample costs 12, and 15 with X", () => {
    const parts = [
      credits(action(file, 'caption.generate'), {}),
      credits(action(file, 'image.generate'), {}),
      credits(action(file, 'post.publish'), {}, { platforms: ['linkedin', 'instagram', 'facebook'] }),
    ]
    expect(parts).toEqual([6, 5, 1])
    expect(credits(action(file, 'post.publish'), {}, { platforms: ['x', 'instagram', 'facebook'] })).toBe(4)
  })

  test('deep with a 2-minute video costs 20, regular with 61 seconds 18, deep with 4 images 12', () => {
    const caption = action(file, 'caption.generate')
    expect(credits(caption, { videoSeconds: 120 }, { research: 'deep' })).toBe(20)
    expect(credits(caption, { videoSeconds: 61 })).toBe(18)
    expect(credits(caption, { images: 4 }, { research: 'deep' })).toBe(12)
  })

  test('4 images of gpt-image-1.5 cost 56; with 50 credits 3 can be had for 42', () => {
    const images = action(file, 'image.generate')
    expect(credits(images, { images: 4 }, { model: 'gpt-image-1.5' })).toBe(56)
    expect(largestAffordable(images, {}, { model: 'gpt-image-1.5' }, 'images', 50, 4)).toEqual({
      quantity: 3,
      credits: 42,
    })
    expect(credits(images, {}, { model: 'gpt-image-1.5', size: 'feed' })).toMatchObject({
      allowed: ['square', 'story'],
    })
  })

  test('runway-gen-4.5 with audio, or 7 seconds, is refused with the allowed values', () => {
    const video = action(file, 'video.generate')
    expect(credits(video, {}, { model: 'runway-gen-4.5', duration: '5s', audio: 'on' })).toMatchObject({
      allowed: ['off'],
    })
    expect(credits(video, {}, { model: 'runway-gen-4.5', duration: '7s' })).toMatchObject({
      allowed: ['5s', '10s'],
    })
  })

  test('50 free credits come at sign-up and never expire, and neither do packs', () => {
    const { newAccounts, packs } = shipped(file).catalog
    expect(newAccounts).toEqual({ plan: null, credits: 50, expires: { kind: 'never' } })
    expect(Object.values(packs).map((pack) => [pack.credits, pack.expires.kind])).toEqual([
      [100, 'never'],
      [500, 'never'],
      [1_500, 'never'],
    ])
  })
})

describe('Pinpoint', () => {
  const file = 'pinpoint/catalog.yaml'
  test('a reference check costs 5, a manual record 0, and the rest is coming soon', () => {
    expect(credits(action(file, 'reference.request'), {})).toBe(5)
    expect(credits(action(file, 'reference.record'), {})).toBe(0)
    expect(credits(action(file, 'background.check'), {})).toMatchObject({ code: 'action_not_available' })
  })

  test('an annual term has a window of 90 days, a quarterly and a monthly one of 30', () => {
    const { plans } = shipped(file).catalog
    const terms = ['annual', 'quarterly', 'monthly'].map((id) => [plans[id]!.credits, plans[id]!.rollover])
    expect(terms).toEqual([
      [500, { kind: 'window', window: { count: 90, unit: 'day' } }],
      [125, { kind: 'window', window: { count: 30, unit: 'day' } }],
      [40, { kind: 'window', window: { count: 30, unit: 'day' } }],
    ])
  })

  test('the next version brings background checks and changes nothing else', () => {
    const changes = diffCatalogs(
      shipped(file).catalog,
      shipped('pinpoint/with-background-checks.yaml').catalog,
    )
    expect(new Set(changes.map(({ id }) => id))).toEqual(new Set(['background.check']))
    expect(
      credits(
        action('pinpoint/with-background-checks.yaml', 'background.check'),
        {},
        { package: 'enhanced' },
      ),
    ).toBe(25)
  })
})

describe('9pic', () => {
  const file = '9pic/catalog.yaml'
  test('5,000 photos with selfie and bib search cost 5,000, with both off 0, with originals kept 10,000', () => {
    const photos = action(file, 'photo.process')
    expect(credits(photos, { photos: 5_000 }, { search: ['selfie', 'bib'] })).toBe(5_000)
    expect(credits(photos, { photos: 5_000 })).toBe(0)
    expect(credits(photos, { photos: 5_000 }, { search: ['bib'], originals: 'keep' })).toBe(10_000)
  })

  test('watermarking again costs 10 %, rounded up: 500, 2,500 and 124', () => {
    const again = action(file, 'watermark.again')
    expect([5_000, 25_000, 1_234].map((photos) => credits(again, { photos }))).toEqual([500, 2_500, 124])
  })

  test('a trial has 200 free credits, and the first purchase moves it to Pay As You Go', () => {
    const { newAccounts, topUp, plans } = shipped(file).catalog
    expect(newAccounts).toEqual({ plan: 'trial', credits: 200, expires: { kind: 'never' } })
    expect(topUp).toMatchObject({ minimum: 1_000, step: 1, movesTo: 'payg', expires: { kind: 'never' } })
    expect(plans.pro).toMatchObject({ term: { count: 365, unit: 'day' }, credits: 0 })
  })

  test('rupees are taxed with 18 % on top and paid by Razorpay, dollars neither', () => {
    const { taxes, gateway } = shipped(file).catalog
    expect(taxes).toEqual([
      {
        when: { currency: 'INR', country: 'IN', region: 'KA', taxId: null },
        inclusive: false,
        lines: [
          { name: 'CGST', percent: 9 },
          { name: 'SGST', percent: 9 },
        ],
      },
      {
        when: { currency: 'INR', country: null, region: null, taxId: null },
        inclusive: false,
        lines: [{ name: 'IGST', percent: 18 }],
      },
    ])
    expect(gateway).toEqual({ INR: 'razorpay', '*': 'stripe' })
  })
})
