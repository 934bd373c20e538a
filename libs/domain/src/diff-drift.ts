import type { DriftChange, OpenDrift } from './drift';
import { type Readiness } from './readiness';

/** One drift per key from the first issue to READY; an incomplete verdict changes nothing. */
export const diffDrift = (open: OpenDrift | null, readiness: Readiness): DriftChange => {
  const { complete, issues, state } = readiness;
  if (!complete) return { kind: 'none' };
  if (issues.length === 0) return open === null ? { kind: 'none' } : { kind: 'resolved', drift: open };
  if (open === null) return { kind: 'opened', issues, state };
  return open.issues.join() === issues.join() ? { kind: 'none' } : { kind: 'changed', drift: open, issues, state };
};
