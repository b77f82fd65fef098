import type pg from 'pg'

/** What a statement can be sent through: the pool, or the one session of a transaction. */
export type Session = Pick<pg.ClientBase, 'query'>

/** Thrown inside `inTransaction` by a dry run: everything is undone, and the value is the answer. */
class Undone extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super('undone on purpose')
    this.value = value
  }
}

/** Runs the work in one transaction: all of it, or none. With `undo` nothing stays, and the answer is what would have been. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (session: Session) => Promise<T>,
  options: { readonly undo?: boolean } = {},
): Promise<T> {
  const session = await pool.connect()
  let broken: Error | undefined
  // A session that breaks while it is ours tells its queries so; without a listener it would end the process.
  const ignore = () => {}
  session.on('error', ignore)
  try {
    await session.query('begin')
    const value = await work(session)
    if (options.undo === true) throw new Undone(value)
    await session.query('commit')
    return value
  } catch (error) {
    // A session that cannot even roll back is not given to anybody else.
    await session.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    if (error instanceof Undone) return error.value as T
    throw error
  } finally {
    session.off('error', ignore)
    session.release(broken)
  }
}

/** A part of a transaction that is undone by itself where it throws: what came before it stays. */
export async function inSavepoint<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('savepoint part')
  try {
    const value = await work()
    await session.query('release savepoint part')
    return value
  } catch (error) {
    await session.query('rollback to savepoint part')
    throw error
  }
}
