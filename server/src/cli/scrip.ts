#!/usr/bin/env node
/** The entry of the command `scrip`. */
import { runProgram } from './program.ts'
import { processTerminal } from './terminal.ts'

// A reader that stops early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await runProgram(process.argv.slice(2), processTerminal())
