/** What a handler tells about its own progress, so that a repeated request does not do twice what cannot be undone. */
export interface Once {
  /**
   * To be awaited right before what must not be done twice and cannot be taken back together with our own transaction: a
   * write to VoiceLink. Throws an ApiError when another process has taken over this request; then nothing may be sent.
   */
  begin(): Promise<void>;
}

/** Of a request without an idempotency key: repeating it is the caller's own business. */
export const UNGUARDED: Once = { begin: () => Promise.resolve() };
