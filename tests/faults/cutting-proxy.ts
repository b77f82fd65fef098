/** Stands between two programs and cuts their connections at the worst moments, by the dice. */

import type { AddressInfo, IpcNetConnectOpts, TcpNetConnectOpts } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import type { Dice } from '../../server/src/demo/dice.ts'

export interface Chances {
  /** What was asked never arrives. */
  readonly cutBeforeSending?: number
  /** It arrives, is done, and its answer is thrown away. */
  readonly cutBeforeReply?: number
  /** Nothing more goes either way, and the connection stays open. */
  readonly stall?: number
  /** Up to 50 ms late. */
  readonly delay?: number
}

export interface CuttingProxy {
  readonly port: number
  readonly counts: { readonly [fault in keyof Chances]-?: number }
  /** From now on by these; `{}` lets everything through. */
  strike(chances: Chances): void
  close(): Promise<void>
}

const DELAY_MS_MAX = 50

export async function openCuttingProxy(
  target: TcpNetConnectOpts | IpcNetConnectOpts,
  dice: Dice,
): Promise<CuttingProxy> {
  const counts = { cutBeforeSending: 0, cutBeforeReply: 0, stall: 0, delay: 0 }
  const sockets = new Set<Socket>()
  let chances: Chances = {}
  const strikes = (fault: keyof Chances): boolean => {
    if (!dice.chance(chances[fault] ?? 0)) return false
    counts[fault]++
    return true
  }
  const server = createServer((near) => {
    const far = connect(target)
    const pair = [near, far]
    let isStalled = false
    const cut = () => pair.forEach((socket) => void socket.destroy())
    for (const socket of pair) {
      sockets.add(socket)
      socket.setNoDelay?.(true)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    near.on('data', (bytes) => {
      if (isStalled) return
      if (strikes('cutBeforeSending')) return cut()
      isStalled = strikes('stall')
      if (isStalled) return
      const send = () => void (far.writable && far.write(bytes))
      if (strikes('delay')) setTimeout(send, dice.whole(1, DELAY_MS_MAX))
      else send()
    })
    far.on('data', (bytes) => {
      if (isStalled) return
      if (strikes('cutBeforeReply')) return cut()
      near.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    strike(given) {
      chances = given
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
