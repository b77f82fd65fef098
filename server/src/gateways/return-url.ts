import type { Checkout } from './gateway.ts'

/** Where the customer comes back to, with the purchase's id in the query. */
export function returnUrlOf(
  { returnUrl, purchaseId }: Pick<Checkout, 'returnUrl' | 'purchaseId'>,
  donePage: string,
): string {
  if (returnUrl === null) return donePage
  const url = new URL(returnUrl)
  url.searchParams.set('purchase', purchaseId)
  return url.href
}
