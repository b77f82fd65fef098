/** Makes notices and mails of what happened to accounts. */
import { tellCustomers as tell } from '../operations/tell-customers.ts'
import type { Job } from './job.ts'

export const tellCustomers: Job = { name: 'tell-customers', everyMs: 3_000, run: tell }
