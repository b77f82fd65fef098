/**
 * Tax ids by country: the kinds that its businesses write on invoices, each checked by its form and,
 * where it has one, by its check digits. A country that is not listed takes any text as it stands.
 */
import { stdnum, type Validator } from 'stdnum'

export interface TaxId {
  /** As it is called where it comes from: VAT, GSTIN, EIN, ABN. */
  readonly label: string
  /** In its one form: without spaces or dashes where it needs none, with a VAT id's country before it. */
  readonly value: string
}

interface Kind {
  readonly label: string
  /** What a VAT id begins with; '' for all others. */
  readonly prefix: string
  readonly example: string
  readonly check: Pick<Validator, 'validate' | 'format'>
}

/** A validator that this table names is there: the test reads each. */
function by(country: string, name: string): Kind['check'] {
  return stdnum[country]?.[name] as Validator
}

/** Fifteen digits, the first of which says which country: the Gulf's common form, without check digits. */
function gulf(first: string): Kind['check'] {
  const form = new RegExp(`^${first}\\d{14}$`)
  const compact = (value: string) => value.replace(/[\s-]/g, '')
  return {
    validate: (value) =>
      form.test(compact(value))
        ? { isValid: true, compact: compact(value), isIndividual: false, isCompany: true }
        : { isValid: false, error: new Error('malformed') as never },
    format: compact,
  }
}

function vat(prefix: string, check: Kind['check'], example: string): Kind {
  return { label: 'VAT', prefix, example, check }
}

function other(label: string, check: Kind['check'], example: string): Kind {
  return { label, prefix: '', example, check }
}

export const TAX_IDS: Readonly<Record<string, readonly Kind[]>> = {
  AT: [vat('AT', by('AT', 'uid'), 'ATU13585627')],
  BE: [vat('BE', by('BE', 'vat'), 'BE0428759497')],
  BG: [vat('BG', by('BG', 'vat'), 'BG175074752')],
  CY: [vat('CY', by('CY', 'vat'), 'CY10259033P')],
  CZ: [vat('CZ', by('CZ', 'dic'), 'CZ25123891')],
  DE: [vat('DE', by('DE', 'vat'), 'DE136695976')],
  DK: [vat('DK', by('DK', 'cvr'), 'DK13585628')],
  EE: [vat('EE', by('EE', 'kmkr'), 'EE100931558')],
  ES: [vat('ES', by('ES', 'nif'), 'ESB58378431')],
  FI: [vat('FI', by('FI', 'alv'), 'FI20774740')],
  FR: [vat('FR', by('FR', 'tva'), 'FR40303265045')],
  GR: [vat('EL', by('GR', 'vat'), 'EL094259216')],
  HR: [vat('HR', by('HR', 'oib'), 'HR33392005961')],
  HU: [vat('HU', by('HU', 'anum'), 'HU12892312')],
  IE: [vat('IE', by('IE', 'vat'), 'IE6433435F')],
  IT: [vat('IT', by('IT', 'iva'), 'IT00743110157')],
  LT: [vat('LT', by('LT', 'pvm'), 'LT119511515')],
  LU: [vat('LU', by('LU', 'tva'), 'LU15027442')],
  LV: [vat('LV', by('LV', 'pvn'), 'LV40003521600')],
  MT: [vat('MT', by('MT', 'vat'), 'MT11679112')],
  NL: [vat('NL', by('NL', 'btw'), 'NL004495445B01')],
  PL: [vat('PL', by('PL', 'nip'), 'PL8567346215')],
  PT: [vat('PT', by('PT', 'nif'), 'PT501964843')],
  RO: [vat('RO', by('RO', 'cui'), 'RO18547290')],
  SE: [vat('SE', by('SE', 'vat'), 'SE123456789701')],
  SI: [vat('SI', by('SI', 'ddv'), 'SI50223054')],
  SK: [vat('SK', by('SK', 'dph'), 'SK2022749619')],
  GB: [vat('GB', by('GB', 'vat'), 'GB980780684')],
  CH: [vat('CHE', by('CH', 'vat'), 'CHE107787577IVA')],
  NO: [other('MVA', by('NO', 'mva'), '995525828MVA')],
  IN: [other('GSTIN', by('IN', 'gstin'), '27AAPFU0939F1ZV')],
  US: [other('EIN', by('US', 'ein'), '911144442')],
  CA: [other('GST/HST', by('CA', 'gst'), '123026635RT0001')],
  AU: [other('ABN', by('AU', 'abn'), '83914571673')],
  NZ: [other('IRD', by('NZ', 'ird'), '49091850')],
  SG: [other('UEN', by('SG', 'uen'), '00192200M')],
  ZA: [other('VAT', by('ZA', 'vat'), '4030196280')],
  JP: [other('法人番号', by('JP', 'cn'), '5835678256246')],
  BR: [other('CNPJ', by('BR', 'cnpj'), '16727230000197'), other('CPF', by('BR', 'cpf'), '39053344705')],
  MX: [other('RFC', by('MX', 'rfc'), 'GODE561231GR8')],
  AE: [other('TRN', gulf('1'), '100123456700003')],
  SA: [other('VAT', gulf('3'), '300123456700003')],
}

export type TaxIdRead = { readonly taxId: TaxId } | { readonly expected: string }

/** The id in its one form, or what the country expects instead. */
export function readTaxId(country: string, written: string): TaxIdRead {
  const kinds = TAX_IDS[country]
  const value = written.trim().toUpperCase()
  if (kinds === undefined) return { taxId: { label: 'Tax ID', value } }
  for (const kind of kinds) {
    const read = readAs(kind, value)
    if (read !== null) return { taxId: { label: kind.label, value: read } }
  }
  const wanted = kinds.map(({ label, example }) => `${label} such as ${example}`).join(' or ')
  return { expected: `a valid ${wanted}` }
}

function readAs({ prefix, check }: Kind, value: string): string | null {
  const bare = prefix !== '' && value.startsWith(prefix) ? value.slice(prefix.length) : value
  for (const attempt of [value, bare]) {
    const result = check.validate(attempt)
    if (!result.isValid) continue
    return result.compact.startsWith(prefix) ? result.compact : `${prefix}${result.compact}`
  }
  return null
}
