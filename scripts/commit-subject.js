const LENGTH_MAX = 100

/**
 * What is wrong with a commit's subject, or null. `spend-order: purchased credits go last`: first
 * where, in the words of the listing, then what is so from now on, in a sentence without a full stop.
 */
export function faultOfSubject(subject) {
  if (subject.length > LENGTH_MAX) return `longer than ${LENGTH_MAX} characters: ${subject}`
  if (!/^[a-z0-9.][a-z0-9./-]*(, [a-z0-9.][a-z0-9./-]*)*: /.test(subject))
    return `does not begin with "where: ": ${subject}`
  if (!/: \S.*[^.\s]$/.test(subject))
    return `says nothing after the place, or ends with a full stop: ${subject}`
  return null
}
