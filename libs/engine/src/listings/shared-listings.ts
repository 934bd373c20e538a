import type { Listing, Section, SectionRows } from '@dialtone/domain';
import type { VoiceLinkAccount } from '../ports/upstream';

type Waiting<S extends Section> = Promise<Listing<SectionRows[S]>>;

interface Slot<S extends Section> {
  running: Waiting<S> | null;
  next: Waiting<S> | null;
  /** `running` has not been asked for yet: it waits for its turn. */
  isInLine: boolean;
  rows: number | null;
}

/**
 * Full listings of one account, single-flight: concurrent readers share one.
 *
 * Contract: the listing that `read` resolves to was asked for after the call. One listing runs at a time per section; calls
 * made meanwhile share it while it waits for its turn, and later the one that starts when it ends. So a thousand repairs cost as many listings as fit one after
 * another, not a thousand.
 */
export class SharedListings {
  private readonly slots = new Map<Section, Slot<Section>>();

  constructor(private readonly account: VoiceLinkAccount) {}

  read<S extends Section>(section: S): Waiting<S> {
    const slot = this.slot(section);
    // Between the end of one listing and the start of the next, `next` has not started yet: it is still fresh for this call.
    if (slot.next !== null) return slot.next;
    if (slot.running !== null && slot.isInLine) return slot.running;
    if (slot.running === null) return this.start(section, slot);
    slot.next = slot.running.then(
      () => this.start(section, slot),
      () => this.start(section, slot),
    );
    return slot.next;
  }

  /** Rows of the last complete listing; null before the first. */
  rows(section: Section): number | null {
    return this.slot(section).rows;
  }

  private slot<S extends Section>(section: S): Slot<S> {
    const existing = this.slots.get(section);
    if (existing !== undefined) return existing as unknown as Slot<S>;
    const slot: Slot<S> = { running: null, next: null, isInLine: false, rows: null };
    this.slots.set(section, slot);
    return slot;
  }

  private start<S extends Section>(section: S, slot: Slot<S>): Waiting<S> {
    slot.next = null;
    const running = this.list(section, slot).finally(() => {
      if (slot.running === running) slot.running = null;
    });
    slot.running = running;
    return running;
  }

  private async list<S extends Section>(section: S, slot: Slot<S>): Waiting<S> {
    slot.isInLine = false;
    const turn = {
      waits: () => {
        slot.isInLine = true;
      },
      sent: () => {
        slot.isInLine = false;
      },
    };
    const listing = await this.account.list(section, undefined, turn);
    if (listing.status === 'complete') slot.rows = listing.rows.length;
    return listing;
  }
}
