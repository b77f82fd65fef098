/**
 * What a gateway has to be told before it can be asked, and what of it may be seen again. Keys of a live
 * account do not belong into a test project, nor the other way: test cards would buy real credits.
 */
export interface SettingForm {
  readonly pattern: RegExp
  readonly expects: string
  /** The words that a value begins with in this mode, where the gateway has separate keys for tests. */
  readonly begins?: Readonly<Record<'live' | 'test', readonly string[]>>
}

export type GatewaySettings = Readonly<Record<string, string>>

const SECRET: SettingForm = {
  pattern: /^[!-~][ -~]{6,198}[!-~]$/,
  expects: '8 to 200 ASCII characters, no space at its ends',
}

/** Gateways that need no settings are not here. */
export const SETTING_FORMS: Readonly<Record<string, Readonly<Record<string, SettingForm>>>> = {
  stripe: {
    secretKey: {
      pattern: /^[sr]k_(live|test)_[0-9A-Za-z]{8,200}$/,
      expects: 'a secret or restricted key such as sk_live_…',
      begins: { live: ['sk_live_', 'rk_live_'], test: ['sk_test_', 'rk_test_'] },
    },
    webhookSecret: {
      pattern: /^whsec_[0-9A-Za-z+/=_-]{8,200}$/,
      expects: "the endpoint's signing secret, whsec_…",
    },
  },
  razorpay: {
    keyId: {
      pattern: /^rzp_(live|test)_[0-9A-Za-z]{4,100}$/,
      expects: 'a key id such as rzp_live_…',
      begins: { live: ['rzp_live_'], test: ['rzp_test_'] },
    },
    keySecret: SECRET,
    webhookSecret: SECRET,
  },
}

export interface SettingFault {
  readonly path: string
  readonly expected: string
}

/** Every fault at once; what was sent is quoted nowhere, as it may be a secret. */
export function settingFaults(
  gateway: string,
  mode: 'live' | 'test',
  given: GatewaySettings,
): SettingFault[] {
  const forms = SETTING_FORMS[gateway] ?? {}
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(forms, name))
  const faults = unknown.map((path) => ({ path, expected: `one of ${Object.keys(forms).join(', ')}` }))
  for (const [path, form] of Object.entries(forms)) {
    const value = given[path] ?? ''
    if (!form.pattern.test(value)) faults.push({ path, expected: form.expects })
    else if (form.begins !== undefined && !form.begins[mode].some((word) => value.startsWith(word))) {
      faults.push({ path, expected: `a key for a ${mode} project: ${form.begins[mode].join(' or ')}…` })
    }
  }
  return faults
}

/** Its last four characters, which tell two keys apart and open nothing. */
export function shownOf(settings: GatewaySettings): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, `…${value.slice(-4)}`]))
}
