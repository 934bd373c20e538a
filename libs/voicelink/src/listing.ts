import type { Listing, Section, SectionRows } from '@dialtone/domain';
import type { ListFilter } from '@dialtone/engine';
import type { Query, VoiceLinkRaw } from './caller';
import { DECODERS, type DecodeContext } from './decode';
import { readListPage } from './envelope';
import { walkPages, type PageRead, type Walk } from './page-walk';
import { firstOf, isRecord, toId, type JsonRecord } from './scalars';

interface SectionSpec {
  readonly path: string;
  /** Rows per page, or null to send no paging at all. */
  readonly pageSize: number | null;
  /** The filters that this endpoint is known to take; the others are not sent. */
  readonly query: (filter: ListFilter) => Query;
  /** Names of the row's own id, for telling rows apart. */
  readonly identity: readonly string[];
}

/**
 * Clients, available DIDs and routing answer everything as a bare list when nothing is asked for; whether they honour
 * paging is unknown, so they are not asked for pages (VoiceLink upstream notes §3.5). Bots take up to 1000 per page.
 * Purchased DIDs have no documented maximum: 1000, and SMALL_PAGE when that is refused.
 */
const SPECS: Readonly<Record<Section, SectionSpec>> = {
  clients: {
    path: '/v1/reseller/clients',
    pageSize: null,
    query: ({ search }) => ({ search }),
    identity: ['id', 'client_id'],
  },
  dids: {
    path: '/v1/reseller/did/purchased',
    pageSize: 1000,
    query: ({ clientId, search }) => ({ client_id: clientId, search }),
    identity: ['id', 'did_id'],
  },
  available_dids: {
    path: '/v1/reseller/client/available-dids',
    pageSize: null,
    query: () => ({}),
    identity: ['did_id', 'id'],
  },
  bots: {
    path: '/v1/websocket-bot/list',
    pageSize: 1000,
    query: ({ clientId, search }) => ({ client_id: clientId, search }),
    identity: ['id', 'bot_id'],
  },
  routing: {
    path: '/v1/call-routing/list',
    pageSize: null,
    query: ({ clientId }) => ({ client_id: clientId }),
    identity: ['id'],
  },
};

/** What public clients use; larger ones are not proven everywhere. */
const SMALL_PAGE = 100;

/** The five listings of one account. Remembers page sizes that were refused. */
export class Lister {
  private readonly refusedSizes = new Set<Section>();

  constructor(
    private readonly raw: VoiceLinkRaw,
    private readonly context: DecodeContext,
    private readonly pageSizes: Partial<Record<Section, number>>,
  ) {}

  async list<S extends Section>(section: S, filter: ListFilter): Promise<Listing<SectionRows[S]>> {
    const spec = SPECS[section];
    const walk = await walkPages({
      paged: this.sizeOf(section) !== null,
      read: (page) => this.read(section, page, spec.query(filter)),
      identify: (row) => (isRecord(row) ? firstOf(toId, ...spec.identity.map((name) => row[name])) : null),
    });
    if (walk.kind === 'failed') {
      return { status: 'failed', rows: [], message: walk.message, ...(walk.unauthorized && { unauthorized: true }) };
    }
    return this.decode(section, walk);
  }

  private sizeOf(section: Section): number | null {
    const size = this.pageSizes[section] ?? SPECS[section].pageSize;
    return size !== null && this.refusedSizes.has(section) ? Math.min(size, SMALL_PAGE) : size;
  }

  private async read(section: Section, page: number, filter: Query): Promise<PageRead> {
    const size = this.sizeOf(section);
    const paging = size === null && page === 1 ? {} : { page, per_page: size };
    const outcome = await this.raw.call({ method: 'GET', path: SPECS[section].path, query: { ...filter, ...paging } });
    if (outcome.kind === 'ok') {
      const list = readListPage(outcome.body);
      return list === null ? { ok: false, message: 'the answer holds no list' } : { ok: true, ...list };
    }
    const tooLarge = page === 1 && size !== null && size > SMALL_PAGE && outcome.failure.class === 'rejected';
    if (!tooLarge) {
      const { message, class: why } = outcome.failure;
      return { ok: false, message, unauthorized: why === 'unauthorized' };
    }
    this.refusedSizes.add(section);
    return this.read(section, page, filter);
  }

  private decode<S extends Section>(section: S, walk: Extract<Walk, { kind: 'walked' }>): Listing<SectionRows[S]> {
    const rows: SectionRows[S][] = [];
    const problems: string[] = walk.gap === null ? [] : [walk.gap.message];
    for (const raw of walk.rows) {
      const decoded = isRecord(raw) ? DECODERS[section](raw, this.context) : NOT_A_RECORD;
      if (decoded.kind === 'row') rows.push(decoded.row);
      else if (decoded.kind === 'unreadable') problems.push(`a row could not be read (${decoded.why}${nameOf(raw)})`);
    }
    return problems.length === 0
      ? { status: 'complete', rows }
      : { status: 'truncated', rows, message: summarize(problems) };
  }
}

const NOT_A_RECORD = { kind: 'unreadable', why: 'not a record' } as const;

const nameOf = (raw: unknown): string => {
  const id = isRecord(raw) ? idText(raw) : null;
  return id === null ? '' : `, id ${id}`;
};

const idText = (raw: JsonRecord): string | null => {
  const id = firstOf(toId, raw['id'], raw['did_id']);
  return id === null ? null : String(id);
};

/** The first problems; a warning is read by people. */
const summarize = (problems: readonly string[]): string => {
  const more = problems.length - 3;
  return problems.slice(0, 3).join('; ') + (more > 0 ? `; and ${String(more)} more` : '');
};
