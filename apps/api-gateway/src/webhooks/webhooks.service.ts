import { Inject, Injectable } from '@nestjs/common';
import { parseAgentId, parseConnectionId, type PartnerId, type WebhookId } from '@dialtone/domain';
import type { AgentStore, WebhookOf, WebhookRow, WebhookStore } from '@dialtone/persistence';
import { newWebhookSecret, shownUrl, webhookUrlFault } from '@dialtone/webhooks';
import type { Call } from '../http/call';
import { agentNotFound, ApiError, invalidInput } from '../http/errors/api-error';
import { ConnectionSelection } from '../http/input/connection-selection';
import { AGENT_STORE, GATEWAY_SETTINGS, WEBHOOK_STORE, type GatewaySettings } from '../outside/tokens';
import type { CreateWebhookBody, UpdateWebhookBody } from './webhook-body.dto';
import { filterAfter } from './webhook.mapper';

const HOUR_MS = 3_600_000;

export const webhookNotFound = (): ApiError =>
  new ApiError('NOT_FOUND', 'This partner has no such webhook: check webhook_id.');

/** The caller has no record of a webhook that another partner has. */
export const existing = <Found>(found: Found | null): Found => {
  if (found === null) throw webhookNotFound();
  return found;
};

export const webhookUnreadable = (): ApiError =>
  new ApiError('SERVICE_UNAVAILABLE', 'The webhook cannot be opened with any key of this deployment.');

type Once = Pick<Call, 'once'>;

/** Creates and changes the webhooks of a partner. */
@Injectable()
export class WebhooksService {
  constructor(
    @Inject(WEBHOOK_STORE) private readonly webhooks: WebhookStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: Pick<GatewaySettings, 'quotas' | 'webhookAllowHttp'>,
    @Inject(AGENT_STORE) private readonly agents: AgentStore,
    private readonly connections: ConnectionSelection,
  ) {}

  async create({ principal, once }: Call, body: CreateWebhookBody): Promise<[WebhookRow, string]> {
    const { partnerId } = principal;
    await this.expectUsable(partnerId, body);
    await once.begin();
    const secret = newWebhookSecret();
    const row = await this.webhooks.create({
      partnerId,
      url: body.url,
      secret,
      description: body.description ?? null,
      filter: filterAfter({}, body),
      atMost: this.settings.quotas.webhooks,
    });
    return [row, secret];
  }

  /** A URL as it was shown is no change of it. */
  async update(of: WebhookOf, body: UpdateWebhookBody): Promise<WebhookRow> {
    const before = existing(await this.webhooks.find(of));
    const { url, ...rest } = body;
    if (url !== undefined && before.url === null) throw webhookUnreadable();
    const isShown = url !== undefined && before.url !== null && url === shownUrl(before.url);
    await this.expectUsable(of.partnerId, isShown ? rest : body);
    return existing(
      await this.webhooks.change(of, {
        ...(url !== undefined && !isShown && { url }),
        ...(body.description !== undefined && { description: body.description }),
        ...(body.state !== undefined && { state: body.state }),
        filter: filterAfter(before.filter, body),
      }),
    );
  }

  async rotate(of: WebhookOf, { once }: Once, overlapHours: number): Promise<[WebhookRow, string]> {
    if (existing(await this.webhooks.find(of)).url === null) throw webhookUnreadable();
    await once.begin();
    const secret = newWebhookSecret();
    const rotation = { secret, overlapMs: overlapHours * HOUR_MS };
    return [existing(await this.webhooks.rotate(of, rotation)), secret];
  }

  /** A mistyped connection or agent would look like "nothing happens". */
  private async expectUsable(
    partnerId: PartnerId,
    { url, connection_id, agent_id }: Pick<UpdateWebhookBody, 'url' | 'connection_id' | 'agent_id'>,
  ): Promise<void> {
    const fault = url === undefined ? null : webhookUrlFault(url, { allowHttp: this.settings.webhookAllowHttp });
    if (fault !== null) throw invalidInput('url', `url ${fault}.`);
    const connectionId = parseConnectionId(connection_id ?? '');
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const agentId = parseAgentId(agent_id ?? '');
    if (agentId !== null && (await this.agents.find(partnerId, agentId)) === null) throw agentNotFound();
  }
}

export const webhookOf = ({ principal }: Pick<Call, 'principal'>, id: WebhookId): WebhookOf => ({
  partnerId: principal.partnerId,
  id,
});
