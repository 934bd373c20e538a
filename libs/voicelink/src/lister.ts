import { summarize, type Listing, type Section, type SectionRows } from '@dialtone/domain';
import type { ListFilter, ListTurn, UpstreamFailure } from '@dialtone/engine';
import type { ReceivedBody } from '@dialtone/wire';
import type { VoiceLinkRaw } from './api-client';
import type { DecodeContext } from './decode';
import { decodeRows, type PageDecoding } from './decode-page';
import { readListPage, type PageInfo } from './envelope';
import type { ListMemory } from './list-memory';
import type { ListedRow, UnlistedRow } from './listed-row';
import type { UnreadableObserver } from './options';
import { type DecodedPage, type EarlierPages, type PageCache, type WholeList } from './page-cache';
import type { Query } from './query-string';
import { cutPage, patchPage, type Rows } from './page-bytes';
import { walkPages, type PageRead, type Walk } from './page-walk';
import { separateRows } from './separate-rows';

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
 * Clients, available DIDs and routing answer with a bare list of everything when no page is requested. Whether they honour
 * paging is unknown, so no page is requested (VoiceLink upstream notes §3.5). Bots allow up to 1000 per page. Purchased
 * DIDs have no documented maximum: 1000, and SMALL_PAGE when VoiceLink refuses that.
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

/** The size that public clients use; larger ones are not proven for every list. */
const SMALL_PAGE = 100;

type Kept = ListedRow | UnlistedRow;

/** One listing under way. */
interface Reading {
  readonly section: Section;
  readonly filter: Query;
  readonly earlier: EarlierPages;
  /** A filtered list is another list: its pages are not kept. */
  readonly isWhole: boolean;
  readonly turn?: ListTurn;
}

/** A page of a listing, and how many follow it as far as is known. */
interface Place {
  readonly page: number;
  readonly following: number;
  /** Told right before it is sent. */
  readonly sent?: () => void;
}

/** A listing, with the failure that kept it from being complete: the HTTP answer to a caller needs its class. */
export type ReadListing<Row> = Listing<Row> & { readonly failure?: UpstreamFailure };

/** An answer that may be one of before. */
interface Digested {
  readonly received: ReceivedBody;
  readonly digest: string;
}

/** A page as it was read from its bytes. */
class ReadPage {
  constructor(readonly page: DecodedPage) {}
}

type Asked =
  | { readonly kind: 'page'; readonly page: DecodedPage }
  | { readonly kind: 'no_list' }
  | { readonly kind: 'failed'; readonly failure: UpstreamFailure };

interface ListerContext extends DecodeContext {
  readonly pageSize: Partial<Record<Section, number>>;
  readonly onUnreadable: UnreadableObserver;
}

/**
 * The five listings of one account. It remembers refused page sizes and caches decoded pages: a page with the bytes of the
 * last listing is not parsed again, and unchanged rows keep their objects.
 */
export class Lister {
  private readonly refusedSizes = new Set<Section>();

  constructor(
    private readonly raw: VoiceLinkRaw,
    private readonly context: ListerContext,
    private readonly pages: PageCache,
    private readonly memory: ListMemory,
  ) {}

  async list<S extends Section>(section: S, filter: ListFilter, turn?: ListTurn): Promise<ReadListing<SectionRows[S]>> {
    const query = SPECS[section].query(filter);
    const isWhole = Object.values(query).every((value) => value === undefined || value === null);
    const reading = { section, filter: query, earlier: this.pages.earlier(section), isWhole, ...(turn && { turn }) };
    const whole = isWhole ? this.pages.whole(section) : null;
    const walk = await walkPages<Kept>({
      paged: this.sizeOf(section) !== null,
      read: (page, following, sent) => this.read(reading, { page, following, ...(sent && { sent }) }),
      identify: (row) => row.identity,
      earlier: whole?.list ?? null,
    });
    if (walk.kind === 'failed') return failedListing(walk);
    if (!isWhole) return listingOf(section, walk);
    if (walk.gap === null) this.pages.endsWith(section, walk.list?.pages.length ?? 1);
    return this.memory.recall(section, this.wholeListing(section, walk, whole));
  }

  /** Of the very rows that an earlier listing was made of it is that listing. */
  private wholeListing<S extends Section>(
    section: S,
    walk: Extract<Walk<Kept>, { kind: 'walked' }>,
    earlier: WholeList | null,
  ): ReadListing<SectionRows[S]> {
    const { list = null } = walk;
    const isSame = list !== null && list === earlier?.list;
    const listing = isSame ? (earlier.listing as ReadListing<SectionRows[S]>) : listingOf(section, walk);
    this.pages.keepWhole(section, list && { list, listing });
    return listing;
  }

  private sizeOf(section: Section): number | null {
    const size = this.context.pageSize[section] ?? SPECS[section].pageSize;
    return size !== null && this.refusedSizes.has(section) ? Math.min(size, SMALL_PAGE) : size;
  }

  private async read(reading: Reading, place: Place): Promise<PageRead<Kept>> {
    const { section } = reading;
    const { page } = place;
    const size = this.sizeOf(section);
    const asked = await this.ask(reading, place, size);
    if (asked.kind === 'page') return { ok: true, ...asked.page };
    if (asked.kind === 'no_list') return { ok: false, message: 'the answer holds no list', failure: null };
    const { failure } = asked;
    const tooLarge = page === 1 && size !== null && size > SMALL_PAGE && failure.class === 'rejected';
    if (!tooLarge) return { ok: false, message: failure.message, failure };
    this.refusedSizes.add(section);
    return this.read(reading, place);
  }

  private async ask(reading: Reading, place: Place, size: number | null): Promise<Asked> {
    const { page, following } = place;
    const { section, isWhole } = reading;
    const known = isWhole ? this.pages.page(section, page) : null;
    let answer: Digested | null = null;
    const parse = (received: ReceivedBody): Promise<ReadPage | undefined> => {
      answer = { received, digest: received.digest() ?? '' };
      return this.readBytes(reading, answer, known);
    };
    const outcome = await this.raw.call({
      method: 'GET',
      path: SPECS[section].path,
      query: queryOf(reading, page, size),
      ...(isWhole && { parse }),
      following,
      ...turnOf(reading, place),
    });
    if (outcome.kind !== 'ok') return { kind: 'failed', failure: outcome.failure };
    const decoded = await this.readBody(reading, outcome.body, answer);
    (answer as Digested | null)?.received.drop();
    if (decoded === null) return { kind: 'no_list' };
    if (isWhole) this.pages.put(section, page, decoded);
    return { kind: 'page', page: decoded };
  }

  /** Undefined: the page is not told in the usual form, and is read when it was parsed as a whole. */
  private async readBytes(
    reading: Reading,
    { received, digest }: Digested,
    known: DecodedPage | null,
  ): Promise<ReadPage | undefined> {
    if (known?.digest === digest) return new ReadPage(known);
    const { bytes } = received;
    const patched = known && (await patchPage(bytes, known.rows, SPECS[reading.section].identity));
    const cut = patched ?? (await cutPage(bytes));
    try {
      return cut === null ? undefined : new ReadPage(await this.decode(reading, cut, digest));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private async readBody(reading: Reading, body: unknown, answer: Digested | null): Promise<DecodedPage | null> {
    if (body instanceof ReadPage) return body.page;
    const list = readListPage(body);
    return list && this.decode(reading, list, answer?.digest ?? '');
  }

  private async decode(
    { section, earlier }: Reading,
    { info, rows }: { readonly info: PageInfo; readonly rows: Rows },
    digest: string,
  ): Promise<DecodedPage> {
    const { identity } = SPECS[section];
    const { context } = this;
    const onOdd: PageDecoding['onOdd'] = (odd, id) => {
      context.onUnreadable({ section, id, ...odd });
    };
    const decoding = { section, context, identity, earlier, onOdd };
    return { digest, info, rows: await decodeRows(rows, decoding) };
  }
}

/** The first page of a list that is not paged is asked for without a number. */
const queryOf = ({ filter }: Reading, page: number, size: number | null): Query => ({
  ...filter,
  ...(size === null && page === 1 ? {} : { page, per_page: size }),
});

/** A list begins with its first page, however often that is asked for: what came before is not kept. */
const turnOf = ({ turn }: Reading, { page, sent }: Place): Pick<Reading, 'turn'> => {
  if (page > 1 || (turn === undefined && sent === undefined)) return {};
  return {
    turn: {
      waits: () => turn?.waits(),
      sent: () => {
        turn?.sent();
        sent?.();
      },
    },
  };
};

const failedListing = ({ message, failure }: Extract<Walk<Kept>, { kind: 'failed' }>): ReadListing<never> => ({
  status: 'failed',
  rows: [],
  message,
  ...(failure?.class === 'unauthorized' && { unauthorized: true }),
  ...(failure !== null && { failure }),
});

/** Beyond this many rows that could not be read the list as a whole is in doubt. */
const MOST_SET_ASIDE = 1_000;

const listingOf = <S extends Section>(
  section: S,
  { rows: kept, gap, repeats = false }: Extract<Walk<Kept>, { kind: 'walked' }>,
): ReadListing<SectionRows[S]> => {
  const { rows, setAside } = separateRows(section, kept, repeats);
  const isRead = gap === null && setAside.length <= MOST_SET_ASIDE;
  if (isRead) return { status: 'complete', rows, ...(setAside.length > 0 && { setAside }) };
  const problems = [
    ...(gap === null ? [] : [gap.message]),
    ...setAside.map(({ why }) => `a row could not be read (${why})`),
  ];
  const failure = gap?.failure ?? null;
  return { status: 'truncated', rows, message: summarize(problems), ...(failure !== null && { failure }) };
};
