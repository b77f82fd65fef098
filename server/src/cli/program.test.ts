import { describe, expect, test } from 'vitest'
import { buildProgram } from './program.ts'
import { run, terminalUnderTest } from './terminal-under-test.ts'

describe('the command scrip', () => {
  test('every command has a description, and every group has examples', () => {
    const program = buildProgram(terminalUnderTest())
    for (const command of program.commands) {
      expect(command.description(), command.name()).not.toBe('')
      for (const part of command.commands)
        expect(part.description(), `${command.name()} ${part.name()}`).not.toBe('')
    }
  })

  test.each([
    [['catalog', 'chekc'], "unknown command 'chekc'\n(Did you mean check?)"],
    [['account', 'credits'], "missing required argument 'id'"],
    [['key', 'create', '--scope', 'read'], '(Did you mean --scopes?)'],
    [['project', 'create', '--catalog', 'c.yaml'], "required option '-m, --mode <mode>' not specified"],
    [['project', 'create', '--catalog', 'c.yaml', '--mode', 'prod'], 'Allowed choices are test, live.'],
    [['serve', '--port', '99999'], 'expected a port: a whole number from 0 to 65535.'],
    [['account', 'grant', 'a', '1,000'], 'expected credits: a number above 0, such as 100.'],
    [['account', 'list', '--limit', '0'], 'expected a limit: a whole number from 1 to 200.'],
  ])('a slip (%s) is answered with what was expected, and exit code 2', async (line, sentence) => {
    const { exitCode, out, err } = await run(line)
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(sentence)
  })

  test('--help goes to the output, and without a command the help is an error', async () => {
    const asked = await run(['--help'])
    expect([asked.exitCode, asked.err]).toEqual([0, ''])
    expect(asked.out).toContain('Exit codes: 0 done')
    const nothing = await run([])
    expect([nothing.exitCode, nothing.out]).toEqual([2, ''])
  })
})

describe('where a command goes', () => {
  test.each([
    [{ SCRIP_URL: 'http://127.0.0.1:1' }, 2, 'SCRIP_URL is set and SCRIP_KEY is not'],
    [{ SCRIP_URL: 'localhost', SCRIP_KEY: 'k' }, 2, 'SCRIP_URL is localhost: expected an address'],
    [
      { SCRIP_URL: 'http://127.0.0.1:1', SCRIP_KEY: 'k' },
      3,
      'http://127.0.0.1:1 cannot be reached: nothing listens there.',
    ],
    [{ SCRIP_DATA: '/nowhere/scrip' }, 3, 'There are no data of Scrip in /nowhere/scrip.'],
  ])('what cannot be reached (%j) is said in a sentence', async (env, code, sentence) => {
    const { exitCode, err } = await run(['account', 'list'], { env })
    expect(exitCode).toBe(code)
    expect(err).toContain(sentence)
    expect(err).not.toContain('    at ')
  })
})
