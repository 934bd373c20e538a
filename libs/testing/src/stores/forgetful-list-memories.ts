import type { Clock, ListMemories } from '@dialtone/engine';

/** Remembers nothing of any list, so that none is ever suspect as a whole: for tests of what stands without that. */
export const forgetfulListMemories = (clock: Pick<Clock, 'now'>): ListMemories => ({
  recall: () => Promise.resolve({ now: clock.now(), connections: [], stored: null }),
  save: () => Promise.resolve(1),
  vouch: () => Promise.resolve(),
  botsShownToOthers: () => Promise.resolve([]),
});
