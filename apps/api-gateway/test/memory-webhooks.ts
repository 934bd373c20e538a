import { randomUUID } from 'node:crypto';
import type { WebhookId } from '@dialtone/domain';
import type { WebhookAnswer, WebhookMessage, WebhookSender, WebhookTarget } from '@dialtone/engine';
import {
  QuotaReachedError,
  type DeliveryRow,
  type WebhookOf,
  type WebhookRow,
  type WebhookStore,
} from '@dialtone/persistence';
import type { InMemoryEventLog } from '@dialtone/testing';
import { pageOf } from './memory-page';

interface Stored {
  readonly partnerId: string;
  row: WebhookRow;
  secrets: readonly string[];
  readonly deliveries: DeliveryRow[];
}

const place = (nth: number): string => String(nth).padStart(9, '0');
const AFRESH = { attempts: 0, failingSince: null, nextAttemptAt: null };

const ACCEPTED: WebhookAnswer = { kind: 'answer', status: 204, retryAfterMs: null, response: null, latencyMs: 12 };

/** All receivers of webhooks. */
export class MemoryReceivers implements WebhookSender {
  readonly messages: { readonly target: WebhookTarget; readonly message: WebhookMessage }[] = [];
  answer = ACCEPTED;

  send(target: WebhookTarget, message: WebhookMessage): Promise<WebhookAnswer> {
    this.messages.push({ target, message });
    return Promise.resolve(this.answer);
  }

  clear(): void {
    this.messages.length = 0;
    this.answer = ACCEPTED;
  }
}

/** Webhooks without a database; they pass the contract of the store on PostgreSQL. */
export class MemoryWebhooks {
  private readonly stored = new Map<string, Stored>();
  private noted = 0;

  constructor(private readonly log: InMemoryEventLog) {}

  clear(): void {
    this.stored.clear();
  }

  /** The key that sealed all of them is gone. */
  loseKey(): void {
    for (const stored of this.stored.values()) stored.row = { ...stored.row, url: null };
  }

  private find({ partnerId, id }: WebhookOf): Stored | undefined {
    const found = this.stored.get(id);
    return found?.partnerId === partnerId ? found : undefined;
  }

  private change(of: WebhookOf, changed: (stored: Stored) => Partial<Stored['row']>): Promise<WebhookRow | null> {
    const stored = this.find(of);
    if (stored === undefined) return Promise.resolve(null);
    stored.row = { ...stored.row, ...changed(stored), updatedAt: new Date() };
    return Promise.resolve(stored.row);
  }

  private get end(): bigint {
    return this.log.prunedTo + BigInt(this.log.events.length);
  }

  readonly store: WebhookStore = {
    create: ({ partnerId, url, secret, description, filter, atMost = 0 }) => {
      const own = [...this.stored.values()].filter((one) => one.partnerId === partnerId);
      if (atMost !== 0 && own.length >= atMost) return Promise.reject(new QuotaReachedError('webhooks', atMost));
      const [id, now] = [randomUUID() as string as WebhookId, new Date()];
      const state = { state: 'active', stateReason: null, stateSince: now, position: this.end } as const;
      const times = { previousUntil: null, createdAt: now, updatedAt: now };
      const row = { id, url, description, filter, ...state, ...AFRESH, ...times };
      this.stored.set(id, { partnerId, row, secrets: [secret], deliveries: [] });
      return Promise.resolve(row);
    },
    page: ({ partnerId, limit, cursor }) => {
      const own = [...this.stored.values()].map((one, nth) => ({ ...one, nth }));
      const rows = own.filter((one) => one.partnerId === partnerId);
      const page = pageOf(rows, { limit, cursor, list: 'webhooks', placeIn: ({ nth }) => place(nth) });
      return page.then(({ items, nextCursor }) => ({ items: items.map(({ row }) => row), nextCursor }));
    },
    find: (of) => Promise.resolve(this.find(of)?.row ?? null),
    change: (of, { state, url, ...given }) =>
      this.change(of, ({ row }) => ({
        ...given,
        ...(url !== undefined && url !== row.url && { url, ...AFRESH }),
        ...(state !== undefined &&
          state !== row.state && {
            ...{ state, stateSince: new Date(), stateReason: state === 'disabled' ? 'requested' : null },
            ...(state === 'active' && AFRESH),
          }),
      })),
    remove: (of) => Promise.resolve(this.find(of) !== undefined && this.stored.delete(of.id)),
    rotate: (of, { secret, overlapMs }) =>
      this.change(of, (stored) => {
        const [before = ''] = stored.secrets;
        stored.secrets = overlapMs === 0 ? [secret] : [secret, before];
        return { previousUntil: overlapMs === 0 ? null : new Date(Date.now() + overlapMs) };
      }),
    replay: (of, from) => {
      const ofPartner = this.log.events.filter(({ data }) => data.partner_id === of.partnerId);
      const first = 'since' in from ? ofPartner.find(({ created_at: at }) => at >= from.since)?.position : undefined;
      const position = 'position' in from ? from.position : first === undefined ? this.end : first - 1n;
      return this.change(of, () => ({ position, ...AFRESH }));
    },
    target: (of) => {
      const { row, secrets = [] } = this.find(of) ?? {};
      const url = row?.url ?? null;
      return Promise.resolve(url === null ? null : { url, secrets });
    },
    noteTest: (of, attempt) => {
      this.noted += 1;
      this.find(of)?.deliveries.push({ ...attempt, id: String(this.noted), createdAt: new Date() });
      return Promise.resolve();
    },
    deliveries: (of, { limit, cursor, outcome }) => {
      const rows = (this.find(of)?.deliveries ?? []).filter((one) => outcome === undefined || one.outcome === outcome);
      const placeIn = ({ id }: DeliveryRow): string => place(Number(id));
      return pageOf(rows, { limit, cursor, list: 'deliveries', placeIn, descending: true });
    },
    forget: ({ olderThanMs, limit }) => {
      const isOld = ({ createdAt }: DeliveryRow): boolean => createdAt.getTime() < Date.now() - olderThanMs;
      let gone = 0;
      for (const { deliveries } of this.stored.values()) {
        while (gone < limit && deliveries[0] !== undefined && isOld(deliveries[0])) {
          deliveries.shift();
          gone += 1;
        }
      }
      return Promise.resolve(gone);
    },
    counts: () => {
      const rows = [...this.stored.values()].map(({ row }) => row);
      const count = (state: string): number => rows.filter((row) => row.state === state).length;
      return Promise.resolve({
        ...{ active: count('active'), disabled: count('disabled') },
        ...{ failing: 0, oldestFailingSeconds: 0 },
      });
    },
  };
}
