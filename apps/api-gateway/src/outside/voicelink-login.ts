import type { UpstreamFailure } from '@dialtone/engine';
import type { Verification, VoiceLinkCredentials } from '@dialtone/persistence';
import {
  createVoiceLinkAccount,
  gateOf,
  type HttpVoiceLinkAccount,
  type UpstreamProtection,
} from '@dialtone/voicelink';

/** A login to try; the base URL is on the allow-list. */
export interface LoginAttempt {
  readonly baseUrl: string;
  readonly credentials: VoiceLinkCredentials;
}

/** `refused`: VoiceLink answered and rejected the credentials. */
export type LoginVerdict = Verification | { readonly kind: 'refused' };
export type VoiceLinkLogin = (attempt: LoginAttempt) => Promise<LoginVerdict>;

/** A caller waits for the answer: if VoiceLink is slower than this, the next sweep verifies the login. */
const PATIENCE_MS = 10_000;

/** Logs in once, over a connection of its own. Does not pass on VoiceLink's text, which may repeat the credentials. */
export const tryVoiceLinkLogin =
  (timeoutMs: number, protection: UpstreamProtection): VoiceLinkLogin =>
  async (attempt) => {
    const totalMs = Math.min(timeoutMs, PATIENCE_MS);
    // A trial login takes its request from the credential's budget like any other.
    const account = createVoiceLinkAccount({ ...attempt, timeouts: { totalMs }, gate: gateOf(protection, attempt) });
    try {
      const outcome = await account.login();
      if (outcome.kind === 'ok') return { kind: 'verified', ...(await ownerOf(account)) };
      if (outcome.failure.class === 'unauthorized') return { kind: 'refused' };
      const reason = reasonOf(outcome.failure);
      return { kind: 'unknown', message: `VoiceLink could not verify the login (${reason}); it is tried again soon.` };
    } finally {
      await account.close();
    }
  };

/** Nothing when VoiceLink does not answer that: the next sweep asks. */
const ownerOf = async (
  account: Pick<HttpVoiceLinkAccount, 'owner'>,
): Promise<{ readonly resellerId?: string | null }> => {
  const owner = await account.owner();
  return owner === 'no_answer' ? {} : owner;
};

const reasonOf = ({ throttled, httpStatus }: UpstreamFailure): string => {
  if (throttled === true) return 'too many requests';
  return httpStatus === null ? 'no answer' : `HTTP ${String(httpStatus)}`;
};
