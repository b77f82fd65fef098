import { expect, test } from 'vitest'
import type { Action } from '../catalog/catalog.ts'
import { compileCatalog } from '../catalog/compile.ts'
import { costOf, costOfWhatHappened } from './cost.ts'
import type { Options, Quantities } from './price.ts'

function action(spec: Record<string, unknown>, decimals = 0): Action {
  const document = {
    scrip: 1,
    product: 'Test',
    credit: { decimals },
    actions: { act: { name: 'Act', ...spec } },
  }
  const compiled = compileCatalog(document)
  if ('errors' in compiled) throw new Error(JSON.stringify(compiled.errors))
  return compiled.catalog.actions.act!
}

function credits(priced: Action, quantities: Quantities = {}, options: Options = {}): number | string {
  const cost = costOf(priced, quantities, options)
  return 'refused' in cost ? `${cost.refused.code} ${cost.refused.path}` : cost.credits
}

const caption = action({
  name: 'Caption generation',
  price: [
    { credits: { regular: 6, deep: 8 }, by: 'research' },
    { credits: 1, per: 'images', name: 'Image analysis' },
    { credits: 6, per: 'videoSeconds', each: 60, name: 'Video analysis' },
  ],
  quantities: { images: { default: 0, maximum: 10 }, videoSeconds: { default: 0 } },
  options: { research: { default: 'regular' }, platforms: { many: true } },
})

const publish = action({
  name: 'Publishing',
  price: [1, { credits: 3, when: { platforms: 'x' }, name: 'X surcharge' }],
  options: { platforms: { many: true, values: ['x', 'linkedin', 'instagram'] } },
})

const video = action({
  price: {
    credits: { kling: { '5s': 15, '10s': 30 }, veo: { '4s': 20, '8s': 40 } },
    by: ['model', 'duration'],
    per: 'clips',
  },
  quantities: { clips: { minimum: 1, maximum: 4, default: 1 } },
})

test('deep research with 4 images costs 8 + 4, and the lines say so', () => {
  expect(costOf(caption, { images: 4 }, { research: 'deep' })).toEqual({
    credits: 12,
    lines: [
      { name: 'Caption generation', credits: 8 },
      { name: 'Image analysis', credits: 4, quantity: 4, unit: 1, per: 'images' },
    ],
    quantities: { images: 4, videoSeconds: 0 },
    options: { research: 'deep' },
  })
})

test('61 seconds of video are two started minutes: 6 + 12 = 18', () => {
  const cost = costOf(caption, { videoSeconds: 61 }, {})
  expect(cost).toMatchObject({ credits: 18 })
  expect('lines' in cost && cost.lines[1]).toEqual({
    name: 'Video analysis',
    credits: 12,
    quantity: 2,
    unit: 6,
    per: 'videoSeconds',
  })
})

test('a regular caption costs 6 for one platform and 6 for six', () => {
  expect(credits(caption, {}, { platforms: ['x'] })).toBe(6)
  expect(credits(caption, {}, { platforms: ['x', 'a', 'b', 'c', 'd', 'e'] })).toBe(6)
})

test('publishing costs 1, and 4 with X among the platforms', () => {
  expect(credits(publish, {}, { platforms: ['linkedin'] })).toBe(1)
  expect(credits(publish, {}, { platforms: ['linkedin', 'x'] })).toBe(4)
  expect(credits(publish, {}, { platforms: 'x' })).toBe(4)
})

test('an option that was not given fits no condition', () => {
  expect(credits(publish)).toBe(1)
})

test('a matrix times a quantity: two clips of veo for 8 seconds cost 80', () => {
  expect(credits(video, { clips: 2 }, { model: 'veo', duration: '8s' })).toBe(80)
})

test('a missing cell is refused with what the chosen model offers', () => {
  expect(costOf(video, {}, { model: 'veo', duration: '10s' })).toEqual({
    refused: {
      code: 'option_not_available',
      path: 'options.duration',
      expected: '4s or 8s',
      found: '10s',
      allowed: ['4s', '8s'],
    },
  })
})

test('an option that a table needs is required, and the answer says what is allowed', () => {
  expect(costOf(video, {}, { model: 'kling' })).toMatchObject({
    refused: { code: 'option_required', path: 'options.duration', allowed: ['5s', '10s'] },
  })
})

test('names that the action does not know are refused, also those that every object inherits', () => {
  expect(credits(video, { toString: 1 } as unknown as Quantities)).toBe(
    'unknown_quantity quantities.toString',
  )
  expect(credits(video, { clip: 1 })).toBe('unknown_quantity quantities.clip')
  expect(credits(video, {}, { modle: 'veo' })).toBe('unknown_option options.modle')
  expect(credits(video, {}, { model: 'constructor', duration: '5s' })).toBe(
    'option_not_available options.model',
  )
})

test('a quantity outside its range, not whole or negative is refused', () => {
  const options = { model: 'veo', duration: '8s' }
  for (const clips of [0, 5, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(credits(video, { clips }, options)).toBe('quantity_out_of_range quantities.clips')
  }
  expect(costOf(video, { clips: 5 }, options)).toMatchObject({
    refused: { expected: 'a whole number from 1 to 4', found: 5 },
  })
})

test('the minimum and the maximum themselves are accepted', () => {
  const options = { model: 'kling', duration: '5s' }
  expect([1, 4].map((clips) => credits(video, { clips }, options))).toEqual([15, 60])
})

test('a quantity that a part multiplies by is required unless it has a default', () => {
  expect(credits(action({ price: { credits: 1, per: 'images' } }))).toBe(
    'quantity_required quantities.images',
  )
  expect(credits(video, {}, { model: 'kling', duration: '5s' })).toBe(15)
})

test('several values are refused where the option takes one, and a value that is not offered too', () => {
  expect(credits(video, {}, { model: ['veo'], duration: '8s' })).toBe('option_not_available options.model')
  expect(credits(publish, {}, { platforms: ['x', 'myspace'] })).toBe('option_not_available options.platforms')
})

test('an empty list is a forgotten one before the act', () => {
  expect(credits(publish, {}, { platforms: [] })).toBe('option_required options.platforms')
})

test('an empty list is a choice where the catalog says so by an empty default', () => {
  const photos = action({
    price: { credits: 1, per: 'photos', when: { anyOf: { search: ['selfie', 'bib'] } } },
    options: { search: { many: true, values: ['selfie', 'bib'], default: [] } },
  })
  expect(credits(photos, { photos: 40 }, { search: [] })).toBe(0)
  expect(costOf(photos, { photos: 40 }, {})).toMatchObject({ credits: 0, options: { search: [] } })
  expect(credits(photos, { photos: 40 }, { search: ['bib'] })).toBe(40)
})

test('processing costs 1 per photo if either search is on, once if both are, and 0 if none is', () => {
  const photos = action({
    price: { credits: 1, per: 'photos', when: { anyOf: { search: ['selfie', 'bib'] } } },
    options: { search: { many: true, values: ['selfie', 'bib'] } },
  })
  expect(credits(photos, { photos: 5_000 }, { search: ['selfie', 'bib'] })).toBe(5_000)
  expect(credits(photos, { photos: 5_000 }, { search: ['bib'] })).toBe(5_000)
  expect(costOf(photos, { photos: 5_000 }, {})).toMatchObject({ credits: 0, lines: [] })
})

test('allOf waits for every value, noneOf for their absence, a bare when for one value of each option', () => {
  const all = action({ price: { credits: 1, when: { allOf: { with: ['a', 'b'] } } } })
  const none = action({ price: { credits: 1, when: { noneOf: { with: ['a', 'b'] } } } })
  const each = action({ price: { credits: 1, when: { model: ['a', 'b'], audio: true } } })
  expect([credits(all, {}, { with: ['a', 'b', 'c'] }), credits(all, {}, { with: ['a'] })]).toEqual([1, 0])
  expect([credits(none, {}, { with: ['c'] }), credits(none), credits(none, {}, { with: 'b' })]).toEqual([
    1, 1, 0,
  ])
  expect([credits(each, {}, { model: 'b', audio: 'true' }), credits(each, {}, { model: 'b' })]).toEqual([
    1, 0,
  ])
})

test('upscaling costs 1 per started 24 megapixels', () => {
  const upscale = action({ price: { credits: 1, per: 'megapixels', each: 24 } })
  expect([0, 1, 24, 25, 48, 49].map((megapixels) => credits(upscale, { megapixels }))).toEqual([
    0, 1, 1, 2, 2, 3,
  ])
})

test('watermarking again costs 1 per started 10 photos', () => {
  const again = action({ price: { credits: 1, per: 'photos', each: 10 } })
  expect([5_000, 25_000, 1_234].map((photos) => credits(again, { photos }))).toEqual([500, 2_500, 124])
})

test('graduated tiers price each unit by its own band, volume tiers all by the band of the whole', () => {
  const bands = [{ upTo: 100, credits: 2 }, { upTo: 200, credits: 1 }, { credits: 0 }]
  const graduated = action({ price: { credits: bands, per: 'pages' } })
  const volume = action({ price: { credits: bands, per: 'pages', tiers: 'volume' } })
  const sizes = [0, 1, 100, 101, 200, 500]
  expect(sizes.map((pages) => credits(graduated, { pages }))).toEqual([0, 2, 200, 201, 300, 300])
  expect(sizes.map((pages) => credits(volume, { pages }))).toEqual([0, 2, 200, 101, 200, 0])
})

test('a minimum adds a line for the difference, so the lines add up', () => {
  const scan = action({ price: { credits: 1, per: 'pages' }, minimum: 3 })
  expect(costOf(scan, { pages: 2 }, {})).toMatchObject({
    credits: 3,
    lines: [{ credits: 2 }, { name: 'Minimum', credits: 1 }],
  })
  expect(credits(scan, { pages: 4 })).toBe(4)
})

test('an action without a price is free, and one that is coming soon has none', () => {
  expect(costOf(action({}), {}, {})).toEqual({ credits: 0, lines: [], quantities: {}, options: {} })
  expect(credits(action({ comingSoon: true }))).toBe('action_not_available action')
})

test('what a part needs is required only where the part applies', () => {
  const thumbnail = action({
    price: [2, { credits: { hd: 4, sd: 1 }, by: 'size', when: { thumbnail: true } }],
    options: { thumbnail: {} },
  })
  expect(credits(thumbnail)).toBe(2)
  expect(credits(thumbnail, {}, { thumbnail: 'true' })).toBe('option_required options.size')
  expect(costOf(thumbnail, {}, { thumbnail: 'true', size: 'hd' })).toMatchObject({
    lines: [{}, { name: 'hd' }],
  })
})

test('decimals scale every price: 1.25 credits with two decimals are 125 units', () => {
  expect(credits(action({ price: { credits: 1.25, per: 'images' } }, 2), { images: 3 })).toBe(375)
})

test('a cost that leaves the exact range is refused, never rounded', () => {
  const huge = action({
    price: [
      { credits: 999_999_999_999_999, per: 'n' },
      { credits: 1, per: 'n' },
    ],
  })
  expect(credits(huge, { n: 2 })).toBe('amount_too_large quantities.n')
  expect(credits(huge, { n: 1 })).toBe('amount_too_large quantities')
})

test('of 4 images 1 failed: what happened costs 15', () => {
  const images = action({
    price: { credits: { flux: 5 }, by: 'model', per: 'images' },
    quantities: { images: { minimum: 1 } },
  })
  const charged = { quantities: { images: 4 }, options: { model: 'flux' } }
  expect(costOfWhatHappened(images, charged, { quantities: { images: 3 } })).toMatchObject({ credits: 15 })
  expect(costOfWhatHappened(images, charged, { quantities: { images: 0 } })).toMatchObject({
    credits: 0,
    lines: [],
  })
})

test('X failed of three platforms, and its surcharge is not paid; nothing published, and nothing is', () => {
  const charged = { quantities: {}, options: { platforms: ['x', 'linkedin', 'instagram'] } }
  expect(costOfWhatHappened(publish, charged, { options: { platforms: ['linkedin'] } })).toMatchObject({
    credits: 1,
  })
  expect(costOfWhatHappened(publish, charged, { options: { platforms: [] } })).toMatchObject({
    credits: 0,
    lines: [],
  })
  expect(costOfWhatHappened(publish, charged, {})).toMatchObject({ credits: 4 })
})

test('one list that came out empty beside one that did not is something that happened', () => {
  const send = action({ price: 2, options: { to: { many: true }, copies: { many: true } } })
  const charged = { quantities: {}, options: { to: ['a'], copies: ['b'] } }
  expect(costOfWhatHappened(send, charged, { options: { to: ['a'], copies: [] } })).toMatchObject({
    credits: 2,
  })
  expect(costOfWhatHappened(send, charged, { options: { to: [], copies: [] } })).toMatchObject({ credits: 0 })
})

test('where nothing happened at all, flat parts and the minimum are not paid either', () => {
  const scan = action({ price: [2, { credits: 1, per: 'pages' }], minimum: 5 })
  const charged = { quantities: { pages: 10 }, options: {} }
  expect(costOfWhatHappened(scan, charged, { quantities: { pages: 0 } })).toMatchObject({
    credits: 0,
    lines: [],
  })
  expect(costOfWhatHappened(scan, charged, { quantities: { pages: 1 } })).toMatchObject({ credits: 5 })
})

test('an extra that did not happen leaves the act itself to be paid', () => {
  const charged = { quantities: { images: 4, videoSeconds: 0 }, options: { research: 'deep' } }
  expect(costOfWhatHappened(caption, charged, { quantities: { images: 0 } })).toMatchObject({ credits: 8 })
})
