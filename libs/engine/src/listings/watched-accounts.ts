import type { ConnectionId } from '@dialtone/domain';
import type { VoiceLinkAccount } from '../ports/upstream';
import { WatchedAccount, type WatchDeps, type WatchMode } from './watched-account';

/** One watched form of an account for as long as the account lives: what is remembered by account stays with it. */
export class WatchedAccounts {
  private readonly watched = new WeakMap<VoiceLinkAccount, Map<string, WatchedAccount>>();

  constructor(private readonly deps: WatchDeps) {}

  of(connectionId: ConnectionId, account: VoiceLinkAccount, mode: WatchMode = 'remember'): VoiceLinkAccount {
    const ofAccount = this.watched.get(account) ?? new Map<string, WatchedAccount>();
    this.watched.set(account, ofAccount);
    const name = `${mode}/${connectionId}`;
    const watched = ofAccount.get(name) ?? new WatchedAccount(account, connectionId, this.deps, mode);
    ofAccount.set(name, watched);
    return watched;
  }
}
