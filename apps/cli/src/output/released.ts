import type { BulkDeleteBody, BulkResultDto } from '@dialtone/client';
import { numbersOf } from './texts';

export type Release = NonNullable<BulkDeleteBody['release']>;

export const RELEASES = ['keep', 'unassign_agent', 'outbound_off'] as const satisfies readonly Release[];

/** What becomes of numbers whose declarations are withdrawn. `isPart`: there are more of them. */
export const undoneText = (withdrawn: readonly BulkResultDto[], isPart = false): string => {
  const count = (release: Release): number => withdrawn.filter(({ releasing }) => releasing === release).length;
  const [off, agentless] = [count('outbound_off'), count('unassign_agent')];
  const least = isPart ? 'at least ' : '';
  const parts = [
    ...(off > 0 ? [`switches the outbound calls of ${least}${numbersOf(off)} off`] : []),
    ...(agentless > 0 ? [`takes the agent from ${least}${numbersOf(agentless)}`] : []),
  ];
  return parts.length === 0 ? 'Nothing is undone in VoiceLink.' : `That ${parts.join(' and ')}.`;
};
