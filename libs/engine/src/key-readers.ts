import { FreshListings } from './fresh-listings';
import { KeyReader } from './key-reader';
import type { StoreClock } from './ports/state';
import type { VoiceLinkAccount } from './ports/upstream';

/** One reader per account for as long as the account lives, so that all who read at the same time share its listings. */
export class KeyReaders {
  private readonly readers = new WeakMap<VoiceLinkAccount, KeyReader>();

  constructor(
    private readonly clock: StoreClock,
    private readonly narrowAboveRows: number,
  ) {}

  of(account: VoiceLinkAccount): KeyReader {
    const existing = this.readers.get(account);
    if (existing !== undefined) return existing;
    const reader = new KeyReader(account, new FreshListings(account, this.clock), this.clock, this.narrowAboveRows);
    this.readers.set(account, reader);
    return reader;
  }
}
