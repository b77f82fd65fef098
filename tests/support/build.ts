import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What is killed and cut is what is released. Nothing is done when it is built already. */
export default function build(): void {
  const program = fileURLToPath(new URL('../../scripts/build.js', import.meta.url))
  execFileSync(process.execPath, [program], { stdio: 'inherit' })
}
