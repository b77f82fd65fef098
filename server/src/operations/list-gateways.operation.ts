/** The gateways there are, and with which of them the project is set up; of a secret the last four characters. */
import type { Instant } from '@scrip/core'
import { type GatewaySettingRow, gatewaySettingsOf } from '../database/gateways.sql.ts'
import { GATEWAYS, type GatewayName } from '../gateways/gateways.ts'
import { SETTING_FORMS } from '../gateways/settings.ts'
import type { Ask } from './ask.ts'

export interface GatewayShown {
  readonly gateway: GatewayName
  readonly isSetUp: boolean
  readonly settings: Readonly<Record<string, string>>
  /** Where the gateway is to send its webhooks; null for those that send none from outside. */
  readonly webhookUrl: string | null
  readonly updatedAt: Instant | null
}

export async function listGateways(ask: Ask): Promise<GatewayShown[]> {
  const rows = await gatewaySettingsOf(ask.house.database.pool, ask.project.id)
  const shown = GATEWAYS.filter((name) => name !== 'sandbox' || ask.project.mode === 'test')
  return shown.map((name) => showGateway(ask, name, rows.find(({ gateway }) => gateway === name) ?? null))
}

export function showGateway(
  { house, project }: Ask,
  gateway: GatewayName,
  row: Pick<GatewaySettingRow, 'shown' | 'updatedAt'> | null,
): GatewayShown {
  const needsSettings = Object.hasOwn(SETTING_FORMS, gateway)
  return {
    gateway,
    isSetUp: row !== null || !needsSettings,
    settings: row?.shown ?? {},
    webhookUrl: needsSettings
      ? `${house.publicUrl()}/api/v1/gateways/${gateway}/webhook/${project.id}`
      : null,
    updatedAt: row?.updatedAt ?? null,
  }
}
