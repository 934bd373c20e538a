import {
  doubtsOf,
  isStrayBot,
  KEY_SECTIONS,
  NONE_SET_ASIDE,
  observeKey,
  purchaseOf,
  setAsideMessage,
  type DidKey,
  type KeyObservation,
  type KeySection,
  type ListAge,
  type Listing,
  type LocalPhoneNumber,
  type PresenceMemory,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
  type SetAsideRow,
  type SetAsideRows,
} from '@dialtone/domain';
import { SharedListings } from './shared-listings';
import type { EngineSettings } from '../ports/settings';
import type { ListFilter, VoiceLinkAccount } from '../ports/upstream';

/** Lists read for one key; null: not complete. */
export interface DidLists {
  readonly observedAt: number;
  readonly dids: readonly RemoteDid[] | null;
  readonly bots: readonly RemoteBot[] | null;
  readonly routing: readonly RemoteRouting[] | null;
  /** Rows that could not be read and may be about the key. */
  readonly setAside: SetAsideRows;
  /** Why a list may leave something open about the key, for people. */
  readonly problems: KeyProblems;
}

export type KeyProblems = Readonly<Partial<Record<KeySection, string | undefined>>>;

/** One list, as far as it concerns the key. */
interface Found<Row> {
  readonly rows: readonly Row[] | null;
  readonly setAside?: readonly SetAsideRow[];
  readonly problem?: string;
}

export interface KeyKnowledge {
  readonly local: LocalPhoneNumber | null;
  readonly declaredClientId: number | null;
  readonly misreportedBotIds: ReadonlySet<number>;
  readonly memory: PresenceMemory;
  /** Read after the lists. */
  readonly age: ListAge;
}

type RowOf<S extends KeySection> = S extends 'dids' ? RemoteDid : S extends 'bots' ? RemoteBot : RemoteRouting;

/**
 * Reads what VoiceLink says about one key. VoiceLink has no single-record reads: full listings are shared by all
 * concurrent readers, and on large accounts a filter is tried first. From a filtered list only presence is
 * believed: what it does not show is looked up in the full list, because what the filters match is not documented.
 */
export class DidListReader {
  private refused: string | null = null;
  private readonly waiting = new Readers();

  constructor(
    private readonly account: VoiceLinkAccount,
    private readonly listings: SharedListings,
    private readonly narrowAboveRows: number,
  ) {}

  /** Why VoiceLink refused the account's credentials when the DIDs were last asked for; null when it did not. */
  get refusal(): string | null {
    return this.refused;
  }

  /** All three lists, each started after the call; `observedAt`: the store's time before it. */
  readAll(key: DidKey, declaredClientId: number | null, observedAt: number): Promise<DidLists> {
    const nothing = { observedAt, dids: null, bots: null, routing: null, setAside: NONE_SET_ASIDE, problems: {} };
    return this.reread(key, KEY_SECTIONS, nothing, declaredClientId);
  }

  /** All purchased DIDs, in a listing shared by all concurrent readers. */
  listDids(): Promise<Listing<RemoteDid>> {
    return this.read('dids');
  }

  /** All bots, in a listing shared by all concurrent readers. */
  listBots(): Promise<Listing<RemoteBot>> {
    return this.shared('bots');
  }

  /** Some lists again, side by side and each started after the call; the others stay as they were read. */
  async reread(
    key: DidKey,
    sections: readonly KeySection[],
    lists: DidLists,
    declaredClientId: number | null,
  ): Promise<DidLists> {
    const [dids, routing, bots] = await Promise.all([
      sections.includes('dids') ? this.dids(key) : null,
      sections.includes('routing') ? this.routing(key) : null,
      sections.includes('bots') ? this.begunBots() : null,
    ]);
    const withDids = dids === null ? lists : withList(lists, 'dids', dids);
    const withRouting = routing === null ? withDids : withList(withDids, 'routing', routing);
    if (bots === null) return withRouting;
    return withList(withRouting, 'bots', await bots.of(clientOf(withDids.dids, declaredClientId)));
  }

  private dids(key: DidKey): Promise<Found<RemoteDid>> {
    return this.find('dids', { search: key }, ofKey(key));
  }

  private routing(key: DidKey): Promise<Found<RemoteRouting>> {
    return this.find('routing', null, ofKey(key));
  }

  /** The list of all bots does not wait for the DID, which tells whose bots count; a filtered one does. */
  private async begunBots(): Promise<{ readonly of: (clientId: number | null) => Promise<Found<RemoteBot>> }> {
    if (this.isNarrow('bots')) return { of: (clientId) => this.bots(clientId) };
    const listing = await this.shared('bots');
    return { of: (clientId) => Promise.resolve(matching(listing, ofClient(clientId))) };
  }

  private bots(clientId: number | null): Promise<Found<RemoteBot>> {
    return this.find('bots', clientId === null ? null : { clientId }, ofClient(clientId));
  }

  private async find<S extends KeySection>(
    section: S,
    filter: ListFilter | null,
    wanted: Wanted<RowOf<S>>,
  ): Promise<Found<RowOf<S>>> {
    if (filter !== null && this.isNarrow(section)) {
      const list = await this.waiting.during(section, () => this.account.list(section, filter));
      const narrowed = matching(list, wanted as Wanted<unknown>);
      if (narrowed.rows !== null && narrowed.rows.length > 0) return narrowed as Found<RowOf<S>>;
    }
    return matching(await this.shared(section), wanted);
  }

  /**
   * Whether one filtered request costs less than a share in the list of everything: the more readers wait, the smaller is a share. The
   * DIDs may be many while this process has not listed them yet.
   */
  private isNarrow(section: KeySection): boolean {
    const rows = this.listings.rows(section) ?? (section === 'dids' ? this.narrowAboveRows + 1 : 0);
    return rows > this.narrowAboveRows * (1 + this.waiting.of(section));
  }

  private shared<S extends KeySection>(section: S): Promise<Listing<RowOf<S>>> {
    return this.waiting.during(section, () => this.read(section));
  }

  private async read<S extends KeySection>(section: S): Promise<Listing<RowOf<S>>> {
    const listing = await this.listings.read(section);
    if (section === 'dids') this.refused = refusalIn(listing);
    return listing as Listing<RowOf<S>>;
  }
}

/** How many readers wait for each list. */
class Readers {
  private readonly counts = new Map<KeySection, number>();

  of(section: KeySection): number {
    return this.counts.get(section) ?? 0;
  }

  async during<T>(section: KeySection, read: () => Promise<T>): Promise<T> {
    this.counts.set(section, this.of(section) + 1);
    try {
      return await read();
    } finally {
      this.counts.set(section, this.of(section) - 1);
    }
  }
}

/** One reader per account for as long as the account lives: concurrent readers share its listings. */
export class DidListReaders {
  private readonly readers = new WeakMap<VoiceLinkAccount, DidListReader>();

  constructor(
    private readonly deps: {
      readonly settings: Pick<EngineSettings, 'narrowAboveRows'>;
    },
  ) {}

  of(account: VoiceLinkAccount): DidListReader {
    const existing = this.readers.get(account);
    if (existing !== undefined) return existing;
    const reader = new DidListReader(account, new SharedListings(account), this.deps.settings.narrowAboveRows);
    this.readers.set(account, reader);
    return reader;
  }
}

const refusalIn = (listing: Listing<unknown>): string | null =>
  listing.status === 'failed' && listing.unauthorized === true ? listing.message : null;

/** The client whose bots the observation will ask for; of another client's it would say that there are none. */
const clientOf = (dids: readonly RemoteDid[] | null, declaredClientId: number | null): number | null =>
  purchaseOf(dids)?.clientId ?? declaredClientId;

/** Which rows of a list concern the key, and which of those that could not be read may. */
interface Wanted<Row> {
  readonly isMine: (row: Row) => boolean;
  readonly mayBeMine: (row: SetAsideRow) => boolean;
}

const ofKey = (key: DidKey): Wanted<{ readonly key: DidKey }> => ({
  isMine: (row) => row.key === key,
  mayBeMine: (row) => row.key === null || row.key === key,
});

const ofClient = (clientId: number | null): Wanted<RemoteBot> => ({
  isMine: (row) => row.clientId === clientId || isStrayBot(row),
  mayBeMine: (row) => row.clientId === null || row.clientId === clientId,
});

const matching = <Row>(listing: Listing<Row>, { isMine, mayBeMine }: Wanted<Row>): Found<Row> => {
  if (listing.status !== 'complete') return { rows: null, problem: listing.message };
  const setAside = doubtsOf(listing).filter(mayBeMine);
  const rows = listing.rows.filter(isMine);
  return setAside.length === 0 ? { rows } : { rows, setAside, problem: setAsideMessage(setAside) };
};

/** The lists with one of them read again. */
export const withList = (
  lists: DidLists,
  section: KeySection,
  { rows, setAside = [], problem }: Found<unknown>,
): DidLists => ({
  ...lists,
  [section]: rows,
  setAside: { ...lists.setAside, [section]: setAside },
  problems: { ...lists.problems, [section]: problem },
});

export const observationOf = (key: DidKey, lists: DidLists, known: KeyKnowledge): KeyObservation =>
  observeKey(
    {
      key,
      observedAt: lists.observedAt,
      dids: lists.dids,
      bots: lists.bots,
      routing: lists.routing,
      setAside: lists.setAside,
      local: known.local,
      declaredClientId: known.declaredClientId,
      misreportedBotIds: known.misreportedBotIds,
      age: known.age,
    },
    known.memory,
  );
