import type { ConnectionId } from '@dialtone/domain';
import type { CallOutcome, HttpVoiceLinkAccount, VoiceLinkCall } from '@dialtone/voicelink';

const EMPTY: CallOutcome = { kind: 'ok', httpStatus: 200, body: { status: true, message: 'Success', data: [] } };

/** VoiceLink as a function: it answers as it is told, and remembers what it was asked. */
export class MemoryVoiceLink {
  readonly calls: (VoiceLinkCall & { readonly connectionId: ConnectionId })[] = [];
  /** Connections that cannot be opened, for example because their base URL is not allowed any more. */
  readonly closed = new Set<ConnectionId>();
  answer: (call: VoiceLinkCall) => CallOutcome | Promise<CallOutcome> = () => EMPTY;

  open(connectionId: ConnectionId): Promise<Pick<HttpVoiceLinkAccount, 'raw'> | null> {
    if (this.closed.has(connectionId)) return Promise.resolve(null);
    const call = async (asked: VoiceLinkCall): Promise<CallOutcome> => {
      this.calls.push({ ...asked, connectionId });
      return this.answer(asked);
    };
    return Promise.resolve({ raw: { call } });
  }

  clear(): void {
    this.calls.length = 0;
    this.closed.clear();
    this.answer = () => EMPTY;
  }
}
