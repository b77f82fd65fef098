/**
 * The states of India by the code that stands first in a GSTIN and beside the place of supply, with their
 * letters of ISO 3166-2. Where a union territory has no legislature, the second half of the tax is UTGST.
 */
export interface IndianState {
  readonly code: string
  readonly region: string
  readonly name: string
  readonly tax: 'SGST' | 'UTGST'
}

const LISTED = `01 JK Jammu and Kashmir|02 HP Himachal Pradesh|03 PB Punjab|04 CH Chandigarh|05 UK Uttarakhand|06 HR Haryana|07 DL Delhi
08 RJ Rajasthan|09 UP Uttar Pradesh|10 BR Bihar|11 SK Sikkim|12 AR Arunachal Pradesh|13 NL Nagaland|14 MN Manipur|15 MZ Mizoram
16 TR Tripura|17 ML Meghalaya|18 AS Assam|19 WB West Bengal|20 JH Jharkhand|21 OD Odisha|22 CG Chhattisgarh|23 MP Madhya Pradesh
24 GJ Gujarat|26 DH Dadra and Nagar Haveli and Daman and Diu|27 MH Maharashtra|29 KA Karnataka|30 GA Goa|31 LD Lakshadweep
32 KL Kerala|33 TN Tamil Nadu|34 PY Puducherry|35 AN Andaman and Nicobar Islands|36 TS Telangana|37 AP Andhra Pradesh|38 LA Ladakh`

const WITHOUT_LEGISLATURE = new Set(['CH', 'DH', 'LD', 'AN', 'LA'])

export const INDIAN_STATES: readonly IndianState[] = LISTED.split(/[|\n]/).map((entry) => {
  const region = entry.slice(3, 5)
  const tax = WITHOUT_LEGISLATURE.has(region) ? 'UTGST' : 'SGST'
  return { code: entry.slice(0, 2), region, name: entry.slice(6), tax }
})

/** As they were called in ISO 3166-2 before 2023, and by GST offices. */
const FORMER: Readonly<Record<string, string>> = {
  UT: 'UK',
  OR: 'OD',
  CT: 'CG',
  TG: 'TS',
  DN: 'DH',
  DD: 'DH',
}

/** By letters (`KA`, `IN-KA`), by number (`29`) or by name; null where it is none. */
export function indianState(written: string): IndianState | null {
  const asked = written.trim().toUpperCase().replace(/^IN-/, '')
  const region = FORMER[asked] ?? asked
  return (
    INDIAN_STATES.find(
      (state) => state.region === region || state.code === asked || state.name.toUpperCase() === asked,
    ) ?? null
  )
}
