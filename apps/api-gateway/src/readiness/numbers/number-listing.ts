import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@dialtone/engine';
import type { NumberPage, NumberRow, NumberStore, Page, Principal } from '@dialtone/persistence';
import { invalidInput } from '../../http/errors/api-error';
import { agentSelector } from '../../http/input/agent-selection';
import { ConnectionSelection, requestedConnection } from '../../http/input/connection-selection';
import { labelSelector } from '../../http/input/label-selection';
import { PAGE_LIMIT } from '../../http/input/paging';
import { CLOCK, GATEWAY_SETTINGS, NUMBER_STORE, type GatewaySettings } from '../../outside/tokens';
import { ReusedAnswers } from '../reused-answers';
import { stateSelector, type NumberQuery, type ReadinessQuery } from './number-query.dto';

/** Counting that took less is not worth remembering: what was just written should be in it. */
const CHEAP_MS = 10;
const TIMES_ITS_COST = 10;
const KEPT = 200;

type Asked = NumberQuery & Pick<ReadinessQuery, 'declared'>;

const onlyGiven = <T extends object>(values: T): { readonly [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** What the lists of numbers have in common: which page is meant, compact rows, and how many there are in all. */
@Injectable()
export class NumberListing {
  private readonly totals: ReusedAnswers<number>;

  constructor(
    @Inject(NUMBER_STORE) private readonly numbers: NumberStore,
    private readonly connections: ConnectionSelection,
    @Inject(CLOCK) clock: Clock,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {
    const forMs = (tookMs: number): number => (tookMs < CHEAP_MS ? 0 : TIMES_ITS_COST * tookMs);
    this.totals = new ReusedAnswers(clock, { forMs, atMost: KEPT });
  }

  /** A named connection must exist: an empty list for a mistyped one would look like "nothing is wrong". */
  async page({ partnerId }: Principal, query: Asked): Promise<NumberPage> {
    if (query.fields !== 'compact' && query.limit > PAGE_LIMIT.max) throw tooManyFull();
    const connectionId = requestedConnection(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const { issue, q: digits, stale, mode, manager, declared, sort, order, limit, cursor } = query;
    const { freshForMs } = this.settings;
    return {
      partnerId,
      ...(connectionId !== null && { connectionId }),
      ...(stale !== undefined && { stale: { is: stale, freshForMs } }),
      ...stateSelector(query),
      ...agentSelector(query),
      ...labelSelector(query),
      ...onlyGiven({ issue, digits, mode, manager, declared, cursor }),
      order: { by: sort, descending: order === 'desc' },
      limit,
    };
  }

  compact(page: NumberPage): Promise<Page<NumberRow>> {
    return this.numbers.list({ ...page, freshForMs: this.settings.freshForMs });
  }

  /** What an answer shows beside the rows of a page. */
  async beside(page: NumberPage, shown: Page<unknown>): Promise<{ next_cursor: string | null; total: number }> {
    return { next_cursor: shown.nextCursor, total: await this.total(page, shown) };
  }

  /** Of all pages of the list that this is one of. */
  private async total(page: NumberPage, shown: Page<unknown>): Promise<number> {
    if (page.cursor === undefined && shown.nextCursor === null) return shown.items.length;
    const id = JSON.stringify({ ...page, order: null, limit: null, cursor: null });
    return this.totals.get(id, () => this.numbers.count(page));
  }
}

const tooManyFull = (): ReturnType<typeof invalidInput> =>
  invalidInput(
    'limit',
    `limit must be an integer from ${String(PAGE_LIMIT.min)} to ${String(PAGE_LIMIT.max)}, written in decimal digits; more only with fields=compact.`,
  );
