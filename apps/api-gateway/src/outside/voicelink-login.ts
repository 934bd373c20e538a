import type { UpstreamFailure } from '@dialtone/engine';
import type { Verification, VoiceLinkCredentials } from '@dialtone/persistence';
import { createVoiceLinkAccount, gateOf, type UpstreamProtection } from '@dialtone/voicelink';

/** Where a login is tried: the base URL is one that the configuration allows. */
export interface LoginAttempt {
  readonly baseUrl: string;
  readonly credentials: VoiceLinkCredentials;
}

/** `refused`: VoiceLink answered, and does not let these credentials in. */
export type LoginVerdict = Verification | { readonly kind: 'refused' };
export type VoiceLinkLogin = (attempt: LoginAttempt) => Promise<LoginVerdict>;

/** Somebody waits for the answer: a VoiceLink that is slower than this is asked again by the sweep. */
const PATIENCE_MS = 10_000;

/** Logs in once, over a connection of its own. What VoiceLink says is not passed on: it may repeat what it was sent. */
export const tryVoiceLinkLogin =
  (timeoutMs: number, protection: UpstreamProtection): VoiceLinkLogin =>
  async (attempt) => {
    const totalMs = Math.min(timeoutMs, PATIENCE_MS);
    // A login that is only tried takes its request from the credential's budget all the same.
    const account = createVoiceLinkAccount({ ...attempt, timeouts: { totalMs }, gate: gateOf(protection, attempt) });
    try {
      const outcome = await account.login();
      if (outcome.kind === 'ok') return { kind: 'verified' };
      if (outcome.failure.class === 'unauthorized') return { kind: 'refused' };
      const reason = reasonOf(outcome.failure);
      return { kind: 'unknown', message: `VoiceLink could not verify the login (${reason}); it is tried again soon.` };
    } finally {
      await account.close();
    }
  };

const reasonOf = ({ held, httpStatus }: UpstreamFailure): string => {
  if (held === true) return 'too many requests';
  return httpStatus === null ? 'no answer' : `HTTP ${String(httpStatus)}`;
};
