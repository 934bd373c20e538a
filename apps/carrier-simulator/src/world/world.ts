import type { Account } from './account';
import { isOver, type Call } from './call';
import type { Ids } from './ids';
import type { Provider } from './provider';

/** All accounts and calls of all carriers. In memory; knows no rules and no HTTP. */
export class World {
  private readonly accountList: Account[] = [];
  private readonly callList = new Map<string, Call>();

  constructor(readonly ids: Ids) {}

  get accounts(): readonly Account[] {
    return this.accountList;
  }

  /** In the order in which they were placed. */
  get calls(): readonly Call[] {
    return [...this.callList.values()];
  }

  /** Takes the place of an account with the same key. */
  addAccount(account: Account): Account {
    const at = this.accountList.findIndex(({ provider, key }) => provider === account.provider && key === account.key);
    if (at === -1) this.accountList.push(account);
    else this.accountList[at] = account;
    return account;
  }

  account(provider: Provider, key: string): Account | undefined {
    return this.accountList.find((one) => one.provider === provider && one.key === key);
  }

  accountsOf(provider: Provider): readonly Account[] {
    return this.accountList.filter((one) => one.provider === provider);
  }

  addCall(call: Call): void {
    this.callList.set(call.id, call);
  }

  /** Under either of its ids. */
  call(provider: Provider, id: string): Call | undefined {
    const found = this.callList.get(id) ?? this.calls.find(({ otherId }) => otherId === id);
    return found?.provider === provider ? found : undefined;
  }

  callOf(account: Account, id: string): Call | undefined {
    const call = this.call(account.provider, id);
    return call?.accountKey === account.key ? call : undefined;
  }

  liveCalls(account: Account): readonly Call[] {
    return this.calls.filter(
      (call) => call.provider === account.provider && call.accountKey === account.key && !isOver(call.phase),
    );
  }

  clearCalls(): void {
    this.callList.clear();
  }
}
