/** Sets a project up with a gateway. Its secrets are sealed, and nobody is shown them again. */
import { type GatewaySettingRow, putGatewaySetting } from '../database/gateways.sql.ts'
import type { Session } from '../database/transaction.ts'
import { gatewayNamed, sealedPlace } from '../gateways/gateways.ts'
import {
  type GatewaySettings,
  SETTING_FORMS,
  type SettingFault,
  settingFaults,
  shownOf,
} from '../gateways/settings.ts'
import type { Ask } from './ask.ts'
import { type GatewayShown, showGateway } from './list-gateways.operation.ts'
import { Refused } from './refused.ts'

/** What of a request does not fit, without quoting it: it may be a secret in the wrong place. */
export function faultsOfSettings(ask: Ask, name: string, settings: GatewaySettings): SettingFault[] {
  return settingFaults(gatewayNamed(name), ask.project.mode, settings)
}

export async function putGateway(
  ask: Ask,
  session: Session,
  name: string,
  settings: GatewaySettings,
): Promise<GatewayShown> {
  const { house, project } = ask
  const gateway = gatewayNamed(name)
  if (!Object.hasOwn(SETTING_FORMS, gateway)) {
    throw new Refused('gateway_without_settings', `${gateway} needs no settings.`, { gateway })
  }
  if (project.mode === 'live' && !house.secrets.isGiven) {
    throw new Refused(
      'secret_key_required',
      "The gateway's secrets are sealed by SCRIP_SECRET_KEY (32 bytes in base64), and the server was started without it.",
    )
  }
  const row: GatewaySettingRow = {
    projectId: project.id,
    gateway,
    sealed: house.secrets.seal(JSON.stringify(settings), sealedPlace(project.id, gateway)),
    shown: shownOf(settings),
    updatedAt: house.realTime(),
  }
  await putGatewaySetting(session, row)
  return showGateway(ask, gateway, row)
}
