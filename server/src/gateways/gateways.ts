/** Which gateways there are, which one a purchase goes through, and how one is opened for a project. */
import { createHmac } from 'node:crypto'
import type { Catalog } from '@scrip/core'
import { gatewaySetting } from '../database/gateways.sql.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import type { Installation } from '../operations/installation.ts'
import { Refused } from '../operations/refused.ts'
import { SecretUnreadable } from '../secrets.ts'
import { type Gateway, GatewayFault } from './gateway.ts'
import { sealHostedCheckout } from './hosted-link.ts'
import { openManual } from './manual/manual.ts'
import type { RazorpaySurroundings } from './razorpay/razorpay.ts'
import { returnUrlOf } from './return-url.ts'
import { openSandbox, type SandboxFacts } from './sandbox/sandbox.ts'
import type { GatewaySettings } from './settings.ts'

export const GATEWAYS = ['sandbox', 'stripe', 'razorpay', 'manual'] as const

/** Where a customer arrives after paying, when the product gave no address of its own. */
export const DONE_PATH = '/checkout/done'

export type GatewayName = (typeof GATEWAYS)[number]

/** The catalog's, by currency; a test project takes the sandbox in place of any that moves real money. */
export function gatewayFor(
  catalog: Pick<Catalog, 'gateway'>,
  project: Pick<Project, 'mode'>,
  currency: string,
): GatewayName {
  const named = catalog.gateway[currency] ?? catalog.gateway['*']
  if (project.mode === 'test') return named === 'manual' ? 'manual' : 'sandbox'
  return gatewayNamed(named ?? 'sandbox')
}

/** Refused: a name that is none. */
export function gatewayNamed(name: string): GatewayName {
  const known = GATEWAYS.find((one) => one === name)
  if (known !== undefined) return known
  throw new Refused('gateway_not_found', `There is no gateway ${name}: expected ${GATEWAYS.join(', ')}.`)
}

/**
 * The gateway with the project's own settings. Refused: `gateway_not_set_up`, where it has none, and for the
 * sandbox of a live project, whose purchases nobody would have paid.
 */
export async function openGateway(house: Installation, project: Project, name: string): Promise<Gateway> {
  switch (gatewayNamed(name)) {
    case 'manual':
      return openManual()
    case 'sandbox':
      return openSandbox(sandboxFacts(house, project))
    case 'stripe': {
      const { secretKey = '', webhookSecret = '' } = await settingsOf(house, project, 'stripe')
      const { openStripe } = await import('./stripe/stripe.ts')
      return openStripe(
        { secretKey, webhookSecret },
        { donePage: `${house.publicUrl()}${DONE_PATH}`, now: house.realTime },
      )
    }
    case 'razorpay': {
      const { keyId = '', keySecret = '', webhookSecret = '' } = await settingsOf(house, project, 'razorpay')
      const { openRazorpay } = await import('./razorpay/razorpay.ts')
      return openRazorpay({ keyId, keySecret, webhookSecret }, { link: linksOf(house, project) })
    }
  }
}

export function sandboxFacts(house: Installation, project: Project): SandboxFacts {
  if (project.mode === 'live') {
    throw new Refused(
      'gateway_not_set_up',
      'A live project has no sandbox: its catalog names the gateway that takes the money.',
      { gateway: 'sandbox' },
    )
  }
  return {
    database: house.database,
    projectId: project.id,
    secret: createHmac('sha256', house.secret).update(`sandbox:${project.id}`).digest('hex'),
    publicUrl: house.publicUrl(),
    now: () => timeOfClock(project, house.realTime()),
  }
}

/** Razorpay's own page is opened by a form, which stands on a page of ours. */
function linksOf(house: Installation, project: Project): RazorpaySurroundings['link'] {
  const publicUrl = house.publicUrl()
  return (checkout, orderId, keyId) => {
    const { total, description } = checkout
    const returnUrl = returnUrlOf(checkout, `${publicUrl}${DONE_PATH}`)
    const order = {
      projectId: project.id,
      gateway: 'razorpay',
      orderId,
      keyId,
      total,
      description,
      returnUrl,
    }
    const token = sealHostedCheckout(house.secret, { ...order, seller: project.name })
    return `${publicUrl}/checkout/razorpay?order=${token}`
  }
}

/** Where sealed settings stand: what is sealed for one project and gateway opens for no other. */
export function sealedPlace(projectId: number, gateway: string): string {
  return `gateway:${projectId}:${gateway}`
}

async function settingsOf(
  house: Installation,
  project: Project,
  gateway: GatewayName,
): Promise<GatewaySettings> {
  const row = await gatewaySetting(house.database.pool, project.id, gateway)
  if (row === null) {
    throw new Refused(
      'gateway_not_set_up',
      `The project is not set up with ${gateway}: PUT /gateways/${gateway}.`,
      {
        gateway,
      },
    )
  }
  try {
    return JSON.parse(house.secrets.open(row.sealed, sealedPlace(project.id, gateway))) as GatewaySettings
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error
    throw new GatewayFault(`${error.message} Is SCRIP_SECRET_KEY the one it was set up with?`, {
      retryable: false,
      cause: error,
    })
  }
}
