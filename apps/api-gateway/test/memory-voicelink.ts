import type { ConnectionId, Listing, RemoteBot, RemoteClient } from '@dialtone/domain';
import type { CallOutcome, HttpVoiceLinkAccount, VoiceLinkCall } from '@dialtone/voicelink';

const EMPTY: CallOutcome = { kind: 'ok', httpStatus: 200, body: { status: true, message: 'Success', data: [] } };

interface Listings {
  readonly clients: Listing<RemoteClient>;
  readonly bots: Listing<RemoteBot>;
}

const NOTHING_LISTED: Listings = { clients: { status: 'complete', rows: [] }, bots: { status: 'complete', rows: [] } };

/** VoiceLink as a function: it answers as it is told, and remembers what it was asked. */
export class MemoryVoiceLink {
  readonly calls: (VoiceLinkCall & { readonly connectionId: ConnectionId })[] = [];
  /** Connections that cannot be opened, for example because their base URL is not allowed any more. */
  readonly closed = new Set<ConnectionId>();
  answer: (call: VoiceLinkCall) => CallOutcome | Promise<CallOutcome> = () => EMPTY;
  listings: Listings = NOTHING_LISTED;

  open(connectionId: ConnectionId): Promise<Pick<HttpVoiceLinkAccount, 'raw' | 'list' | 'placeCall'> | null> {
    if (this.closed.has(connectionId)) return Promise.resolve(null);
    const call = async (asked: VoiceLinkCall): Promise<CallOutcome> => {
      this.calls.push({ ...asked, connectionId });
      return this.answer(asked);
    };
    const list = ((section: keyof Listings) => Promise.resolve(this.listings[section])) as HttpVoiceLinkAccount['list'];
    const placeCall: HttpVoiceLinkAccount['placeCall'] = async (input) => {
      const outcome = await call({ method: 'POST', path: '/v1/add_lead', body: { ...input } });
      return outcome.kind === 'ok' ? { kind: 'accepted', id: 4401 } : outcome;
    };
    return Promise.resolve({ raw: { call }, list, placeCall });
  }

  clear(): void {
    this.calls.length = 0;
    this.closed.clear();
    this.answer = () => EMPTY;
    this.listings = NOTHING_LISTED;
  }
}
