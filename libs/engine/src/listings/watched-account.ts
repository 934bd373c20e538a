import {
  confirmedRows,
  lossesOf,
  marksOf,
  REMEMBERED_SECTIONS,
  setAsideOf,
  vanishedReason,
  weighListing,
  type Asked,
  type ConnectionId,
  type Listing,
  type ListMemory,
  type Owners,
  type LossLimits,
  type RememberedSection,
  type Section,
  type SectionRows,
  type Weighed,
} from '@dialtone/domain';
import type { Clock } from '../ports/clock';
import type { VoiceLinkConnections } from '../ports/connections';
import type { ListMemories, RecalledList } from '../ports/list-memories';
import type { EngineSettings } from '../ports/settings';
import type { ListFilter, ListTurn, VoiceLinkAccount } from '../ports/upstream';
import { hold } from '../verdicts/hold';
import { holdReason } from '../verdicts/hold-reason';
import { isSameRows } from './same-rows';
import { WritesUnderWay } from './writes-under-way';

export interface WatchDeps {
  readonly listMemories: ListMemories;
  readonly connections: Pick<VoiceLinkConnections, 'holdWrites'>;
  readonly settings: Pick<EngineSettings, 'losses' | 'guard'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
}

/** `remember`: what lists show is stored, and writes are held for what vanished. `compare`: nothing is stored. */
export type WatchMode = 'remember' | 'compare';

/** How often a list is weighed again because another process stored its own meanwhile. */
const TRIES = 5;

interface Known {
  readonly version: number;
  readonly memory: ListMemory;
}

type Complete = Extract<Listing<SectionRows[RememberedSection]>, { status: 'complete' }>;

/** What the store remembered before a list was requested. */
interface Start {
  readonly known: Known | null;
  readonly recalled: RecalledList;
}

/**
 * An account whose complete lists are compared with what earlier ones have shown, whichever process read them: the one place
 * where a list becomes suspect as a whole. All lists that the engine decides on pass through here. Writes pass unchanged; a shared list
 * waits a little for those that are under way.
 */
export class WatchedAccount implements VoiceLinkAccount {
  readonly mapDid: VoiceLinkAccount['mapDid'];
  readonly createBot: VoiceLinkAccount['createBot'];
  readonly updateBot: VoiceLinkAccount['updateBot'];
  readonly createRouting: VoiceLinkAccount['createRouting'];
  readonly updateRouting: VoiceLinkAccount['updateRouting'];
  readonly currentPause: VoiceLinkAccount['currentPause'];
  readonly owner: VoiceLinkAccount['owner'];
  private readonly limits: LossLimits;
  private readonly writes: WritesUnderWay;
  private readonly known = new Map<Section, Known>();
  /** Lists in which nothing was missing. */
  private readonly whole = new Map<Section, { readonly listing: Complete; readonly memory: ListMemory }>();

  constructor(
    private readonly account: VoiceLinkAccount,
    private readonly connectionId: ConnectionId,
    private readonly deps: WatchDeps,
    private readonly mode: WatchMode,
  ) {
    this.limits = { ...deps.settings.losses, guard: deps.settings.guard };
    const writes = new WritesUnderWay(deps.clock);
    this.writes = writes;
    this.mapDid = (input) => writes.during(() => account.mapDid(input));
    this.createBot = (input) => writes.during(() => account.createBot(input));
    this.updateBot = (...input) => writes.during(() => account.updateBot(...input));
    this.createRouting = (input) => writes.during(() => account.createRouting(input));
    this.updateRouting = (...input) => writes.during(() => account.updateRouting(...input));
    this.currentPause = () => account.currentPause();
    this.owner = () => account.owner();
  }

  async list<S extends Section>(section: S, filter?: ListFilter, turn?: ListTurn): Promise<Listing<SectionRows[S]>> {
    if (filter !== undefined || !isRemembered(section)) return this.account.list(section, filter, turn);
    const start = turn === undefined ? await this.recall(section) : await this.recallInTurn(section, turn);
    const listed = await this.writes.timed(() => this.account.list(section, undefined, turn));
    const listing = listed as Listing<SectionRows[RememberedSection]>;
    if (listing.status !== 'complete') return listing as Listing<SectionRows[S]>;
    const isKnown = this.isWhole(section, listing, start);
    if (isKnown) await this.vouch(section, listing, start);
    const watched = isKnown ? listing : await this.weigh(section, listing, start);
    return watched as Listing<SectionRows[S]>;
  }

  /** Who asks meanwhile shares the list, which begins after that. */
  private async recallInTurn(section: RememberedSection, turn: ListTurn): Promise<Start> {
    turn.waits();
    await this.writes.ended();
    const start = await this.recall(section);
    turn.sent();
    return start;
  }

  /** Says when a whole list began that this memory knows all rows of. Only of clients: a request may be refused for what it lacks. */
  private async vouch(section: RememberedSection, listing: Complete, { recalled }: Start): Promise<void> {
    const version = this.known.get(section)?.version;
    if (section !== 'clients' || this.mode === 'compare' || version === undefined || !hidesNothing(listing)) return;
    await this.deps.listMemories.vouch(this.connectionId, section, version, recalled.now);
  }

  private async recall(section: RememberedSection): Promise<Start> {
    const known = this.known.get(section) ?? null;
    const recalled = await this.deps.listMemories.recall(this.connectionId, section, known?.version ?? null);
    const { stored } = recalled;
    if (stored === null) return { known: null, recalled };
    const memory = stored.memory ?? known?.memory;
    if (memory === undefined) throw new Error('The store left out a memory that this process does not have.');
    const now = { version: stored.version, memory };
    this.known.set(section, now);
    return { known: now, recalled };
  }

  private async weigh(section: RememberedSection, listing: Complete, start: Start): Promise<Complete> {
    const remembered = start.known?.memory ?? null;
    const marks = marksOf(section, listing, remembered);
    const context = {
      section,
      at: start.recalled.now,
      confirmed: confirmedRows(remembered, start.recalled.connections),
      limits: this.limits,
    };
    for (let count = 1; ; count += 1) {
      const owners = section === 'routing' ? ownersIn(await this.recall('dids')) : null;
      const basis = await this.recall(section);
      const { now, connections } = basis.recalled;
      const weighed = weighListing(basis.known?.memory ?? null, marks, { ...context, owners, now, connections });
      const isRemembered = await this.remember(section, weighed, basis);
      if (!isRemembered && count < TRIES) continue;
      const told = this.told(section, listing, weighed);
      if (isRemembered) await this.vouch(section, told, start);
      return told;
    }
  }

  /** The very rows of a list in which nothing was missing, compared with the same memory. */
  private isWhole(section: Section, listing: Complete, { known }: Start): boolean {
    const whole = this.whole.get(section);
    return (
      whole !== undefined &&
      whole.memory === known?.memory &&
      setAsideOf(listing).length === 0 &&
      isSameRows(whole.listing.rows, listing.rows)
    );
  }

  /** False: another process has stored something else, and the list has to be weighed again. */
  private async remember(section: RememberedSection, weighed: Weighed, basis: Start): Promise<boolean> {
    if (this.mode === 'compare') return true;
    const memory = await this.asked(section, weighed, basis.recalled);
    if (memory === basis.known?.memory) return true;
    const version = await this.deps.listMemories.save(this.connectionId, section, memory, basis.known?.version ?? null);
    if (version !== null) this.known.set(section, { version, memory });
    return version !== null;
  }

  /**
   * Holds first, and notes it only when the hold that stands is this one: a note without a hold would read as if an operator
   * had confirmed it.
   */
  private async asked(
    section: RememberedSection,
    { memory, question }: Weighed,
    { connections }: RecalledList,
  ): Promise<ListMemory> {
    if (question === null) return memory;
    const { on } = question;
    const why = vanishedReason(section, question.loss);
    const reason = holdReason(on, why);
    const before = holdOn(on, connections);
    if (before === null) await hold(this.deps, on, why);
    else if (before !== reason) return memory;
    const stands = await this.deps.listMemories.recall(this.connectionId, section, null);
    return holdOn(on, stands.connections) === reason ? question.asked : memory;
  }

  private told(section: RememberedSection, listing: Complete, { memory, suspect }: Weighed): Complete {
    const losses = lossesOf(memory, suspect, this.limits);
    const isWhole = memory.missing.length === 0 && memory.confirmed === null && setAsideOf(listing).length === 0;
    if (isWhole) this.whole.set(section, { listing, memory });
    else this.whole.delete(section);
    return losses === null ? listing : { ...listing, losses };
  }
}

const holdOn = (id: ConnectionId, connections: readonly Asked[]): string | null =>
  connections.find(({ connectionId }) => connectionId === id)?.writesHeld ?? null;

/** The DIDs that routing records belong to; null: none is remembered. */
const ownersIn = ({ known, recalled }: Start): Owners | null =>
  known && new KnownOwners(known.memory, recalled.connections);

/** Asked only when a record is missing. */
class KnownOwners implements Owners {
  private isListed: Owners['listed'] | null = null;
  private isMissing: Owners['missing'] | null = null;

  constructor(
    private readonly memory: ListMemory,
    private readonly connections: readonly Asked[],
  ) {}

  get listed(): Owners['listed'] {
    return (this.isListed ??= new Set(this.memory.listed));
  }

  get missing(): Owners['missing'] {
    return (this.isMissing ??= this.openRows());
  }

  private openRows(): Owners['missing'] {
    const confirmed = confirmedRows(this.memory, this.connections);
    return new Set(this.memory.missing.flatMap(({ rows }) => rows).filter((row) => !confirmed.has(row)));
  }
}

const hidesNothing = (listing: Complete): boolean =>
  setAsideOf(listing).length === 0 && (listing.losses?.suspect ?? null) === null;

const isRemembered = (section: Section): section is RememberedSection =>
  (REMEMBERED_SECTIONS as readonly Section[]).includes(section);
