/**
 * The subjects of commits that can still be changed: those not yet on the origin's main, or where
 * there is no origin, the latest one.
 */
import { execFileSync } from 'node:child_process'
import { faultOfSubject } from './commit-subject.js'

const subjects = changeable()
const faults = subjects.flatMap((subject) => faultOfSubject(subject) ?? [])
for (const fault of faults) console.log(fault)
process.exitCode = faults.length > 0 ? 1 : 0

function changeable() {
  const published = git('rev-parse', '--verify', '--quiet', 'origin/main')
  const range = published === null ? ['-1', 'HEAD'] : [`${published.trim()}..HEAD`]
  const list = git('log', '--no-merges', '--format=%s', ...range)
  return list === null ? [] : list.split('\n').filter((subject) => subject !== '')
}

/** What git prints, or null where there is no repository, no such ref, or no commit yet. */
function git(...given) {
  try {
    return execFileSync('git', given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return null
  }
}
