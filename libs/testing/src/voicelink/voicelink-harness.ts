import type { DidKey } from '@dialtone/domain';
import type { VoiceLinkAccount } from '@dialtone/engine';
import type { WriteOperation } from './remote-world';
import type { VoiceLinkFault } from './voicelink-faults';

/** Changes behind the caller's back, as a person in the panel makes them. */
export interface Meddler {
  unmap(did: FreeDid): Promise<void>;
  deleteDid(did: FreeDid): Promise<void>;
  expire(did: FreeDid): Promise<void>;
  deleteRouting(did: FreeDid): Promise<void>;
  /** The inbound half becomes SIP or mobile. */
  editInbound(did: FreeDid, forInboundCall: number): Promise<void>;
  deactivateBot(botId: number): Promise<void>;
  /** The bot is listed as inactive although it works. */
  misreportBot(botId: number): Promise<void>;
}

export interface FreeDid {
  readonly didId: number;
  readonly didNumber: string;
  readonly key: DidKey;
}

/** One account in a world of its own, with at least four clients, four free DIDs and a bot that has a webhook. */
export interface VoiceLinkHarness {
  readonly account: VoiceLinkAccount;
  /** The same account with dry-run on. */
  readonly dryRunAccount: VoiceLinkAccount;
  /** A live, unmapped DID without routing; another one each time. */
  freeDid(): Promise<FreeDid>;
  /** A client; another one each time. */
  clientId(): Promise<number>;
  readonly meddle: Meddler;
  /** Plans a fault of the upstream. */
  inject(fault: VoiceLinkFault): Promise<void>;
  /** Mutating calls received so far. */
  journal(): Promise<readonly { readonly operation: WriteOperation; readonly effect: boolean }[]>;
  /** Returns when every late effect has happened. */
  settleLate(): Promise<void>;
  close(): Promise<void>;
}
