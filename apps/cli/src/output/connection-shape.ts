import type { ConnectionStateDto, SummaryDto } from '@dialtone/client';
import type { Shape } from './print';
import { agoOf, countOf, spanOf } from './texts';

type VoiceLink = NonNullable<ConnectionStateDto['voicelink']>;
type Counts = SummaryDto['connections'][number];

const NONE = '–';
const MS_PER_SECOND = 1_000;

/** "5 of 5", or those that are not as they should be by name: "bots failed, dids suspect". */
const listsOf = ({ sections }: VoiceLink): string => {
  const odd = sections.flatMap(({ section, state, suspect_since: suspect }) => {
    if (state !== 'complete') return [`${section} ${state}`];
    return suspect === null ? [] : [`${section} suspect`];
  });
  return odd.length === 0 ? `${String(sections.length)} of ${String(sections.length)}` : odd.join(', ');
};

const breakerOf = ({ breaker: { state, open_until: until } }: VoiceLink, now: number): string =>
  until === null ? state : `${state} ${spanOf((Date.parse(until) - now) / MS_PER_SECOND)}`;

/** What may be sent now of what may be sent at once: "16/20"; "any" without a limit. */
const budgetOf = ({ budget }: VoiceLink): string => {
  if (budget.requests_per_second === 0) return budget.blocked_until === null ? 'any' : '0';
  return `${budget.available === null ? '?' : String(budget.available)}/${String(budget.burst)}`;
};

const readyOf = ({ numbers, by_state: states }: Counts): string => {
  const ready = states['READY'] ?? 0;
  return numbers === 0 ? NONE : `${String(Math.floor((ready / numbers) * 100))} %`;
};

/** The first thing that a person should know. */
const whyOf = ({ voicelink, last_error_message: error }: ConnectionStateDto): string =>
  voicelink?.hold?.reason ?? error ?? voicelink?.warnings[0]?.message ?? '';

/** `counts`: by id of the connection; null: not to be read. */
export const connectionShape = (now: number, counts: ReadonlyMap<string, Counts> | null): Shape<ConnectionStateDto> => {
  const ofSweeps =
    (told: (voicelink: VoiceLink) => string) =>
    ({ voicelink }: ConnectionStateDto): string =>
      voicelink === null ? NONE : told(voicelink);
  const counted =
    (told: (counts: Counts) => string, none: string) =>
    ({ connection_id: id }: ConnectionStateDto): string => {
      const own = counts?.get(id);
      return own === undefined ? (counts === null ? NONE : none) : told(own);
    };
  return {
    nameOf: ({ name }) => name,
    columns: [
      { title: 'NAME', of: ({ name }) => name },
      { title: 'PROVIDER', of: ({ provider }) => provider },
      { title: 'STATE', of: ({ status }) => status },
      { title: 'NUMBERS', of: counted(({ numbers }) => countOf(numbers), '0') },
      { title: 'READY', of: counted(readyOf, NONE) },
      { title: 'SWEPT', of: ofSweeps(({ sweep }) => agoOf(sweep.ended_at, now)) },
      { title: 'LISTS', of: ofSweeps(listsOf) },
      { title: 'WRITES', of: ofSweeps(({ hold }) => (hold === null ? 'allowed' : 'held')) },
      { title: 'BREAKER', of: ofSweeps((voicelink) => breakerOf(voicelink, now)) },
      { title: 'BUDGET', of: ofSweeps(budgetOf) },
      { title: 'WHY', of: whyOf },
      { title: 'VERIFIED', of: ({ last_verified_at }) => agoOf(last_verified_at, now), isWide: true },
      { title: 'COMPLETE', of: ofSweeps(({ sweep }) => agoOf(sweep.complete_at, now)), isWide: true },
      { title: 'ID', of: ({ connection_id }) => connection_id },
    ],
  };
};
