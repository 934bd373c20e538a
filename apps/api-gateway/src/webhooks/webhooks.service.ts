import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { parseAgentId, parseConnectionId, type PartnerId, type WebhookId } from '@dialtone/domain';
import { attemptOf, type EventWatch, type WebhookAttempt, type WebhookSender } from '@dialtone/engine';
import type { AgentStore, DeliveryOutcome, WebhookOf, WebhookRow, WebhookStore } from '@dialtone/persistence';
import { newWebhookSecret, shownUrl, webhookUrlFault } from '@dialtone/webhooks';
import { cursorExpired, isComplete, positionOf } from '../events/event-cursor';
import { LATEST } from '../events/events.service';
import type { Call } from '../http/call';
import { agentNotFound, ApiError, invalidInput } from '../http/errors/api-error';
import { ConnectionSelection } from '../http/input/connection-selection';
import {
  AGENT_STORE,
  EVENT_WATCH,
  GATEWAY_SETTINGS,
  WEBHOOK_SENDER,
  WEBHOOK_STORE,
  type GatewaySettings,
} from '../outside/tokens';
import { TEST_TYPE, testMessage } from './test-message';
import type { CreateWebhookBody, ReplayBody, UpdateWebhookBody } from './webhook-body.dto';
import { filterAfter } from './webhook.mapper';

const HOUR_MS = 3_600_000;

export const webhookNotFound = (): ApiError =>
  new ApiError('NOT_FOUND', 'This partner has no such webhook: check webhook_id.');

/** The caller has no record of a webhook that another partner has. */
export const existing = <Found>(found: Found | null): Found => {
  if (found === null) throw webhookNotFound();
  return found;
};

type Once = Pick<Call, 'once'>;

/** Creates and changes the webhooks of a partner, and tries them. */
@Injectable()
export class WebhooksService {
  constructor(
    @Inject(WEBHOOK_STORE) private readonly webhooks: WebhookStore,
    @Inject(WEBHOOK_SENDER) private readonly sender: WebhookSender,
    @Inject(EVENT_WATCH) private readonly watch: EventWatch,
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
  async update(of: WebhookOf, { once }: Once, body: UpdateWebhookBody): Promise<WebhookRow> {
    const before = existing(await this.webhooks.find(of));
    const { url, ...rest } = body;
    const isShown = url !== undefined && before.url !== null && url === shownUrl(before.url);
    await this.expectUsable(of.partnerId, isShown ? rest : body);
    await once.begin();
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
    existing(await this.webhooks.find(of));
    await once.begin();
    const secret = newWebhookSecret();
    const rotation = { secret, overlapMs: overlapHours * HOUR_MS };
    return [existing(await this.webhooks.rotate(of, rotation)), secret];
  }

  /** Throws CURSOR_EXPIRED, InvalidCursorError. */
  async replay(of: WebhookOf, { cursor, since }: ReplayBody): Promise<WebhookRow> {
    if (typeof since === 'string' && typeof cursor !== 'string')
      return existing(await this.webhooks.replay(of, { since: new Date(since) }));
    if (typeof cursor !== 'string' || typeof since === 'string')
      throw invalidInput('cursor', 'cursor must be given, or since, and not both.');
    return existing(await this.webhooks.replay(of, { position: await this.startOf(cursor) }));
  }

  /** Sends a message that is no event, once, and notes it in the delivery log. */
  async test(
    of: WebhookOf,
    { once }: Once,
  ): Promise<WebhookAttempt & { readonly outcome: DeliveryOutcome; readonly createdAt: Date }> {
    existing(await this.webhooks.find(of));
    const target = await this.webhooks.target(of);
    if (target === null)
      throw new ApiError('SERVICE_UNAVAILABLE', 'The webhook cannot be opened with any key of this deployment.');
    await once.begin();
    const createdAt = new Date();
    const message = testMessage(of, { id: randomUUID(), at: createdAt });
    const answer = await this.sender.send(target, message);
    const attempt = attemptOf({ id: message.id, type: TEST_TYPE }, 1, answer);
    const isAccepted = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
    const noted = { ...attempt, outcome: isAccepted ? 'delivered' : 'failed' } as const;
    await this.webhooks.noteTest(of, noted);
    return { ...noted, createdAt };
  }

  private async startOf(cursor: string): Promise<bigint> {
    const marks = await this.watch.read({ after: 0n, limit: 0 });
    if (cursor === LATEST) return marks.end;
    const position = positionOf(cursor);
    if (!isComplete(position, marks)) throw cursorExpired();
    return position;
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
