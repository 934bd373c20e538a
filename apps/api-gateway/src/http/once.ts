/** How a handler reports its progress, so that a repeated request does not repeat what cannot be undone. */
export interface Once {
  /**
   * Await it right before work that must not be done twice and that a rollback cannot undo: a write to VoiceLink. Throws an
   * ApiError when another process has taken over this request; then nothing may be sent.
   */
  begin(): Promise<void>;
}

/** For a request without an idempotency key: the caller answers for repetitions. */
export const UNGUARDED: Once = { begin: () => Promise.resolve() };
