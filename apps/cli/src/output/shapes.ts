import type { BindingDto, ListedAgentDto, ReadinessRowDto } from '@dialtone/client';
import type { Shape } from './print';
import { agoOf } from './texts';

/** "READY", and a mark when nothing confirms it any more. */
export const stateOf = ({ state, stale }: { readonly state: string; readonly stale: boolean }): string =>
  stale ? `${state} (old)` : state;

/** What is in the way, or what happens next: the reconciler's word first, it knows more than the verdict. */
export const whyOf = ({ status, readiness }: Pick<BindingDto, 'status' | 'readiness'>): string => {
  if (readiness.state === 'READY' && status.outcome === 'settled') return '';
  const [remedy] = readiness.action_items;
  return status.message ?? remedy?.label ?? '';
};

export const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

const agentOf = ({ agent }: BindingDto): string =>
  agent.deleted ? `${agent.name ?? agent.id} (deleted)` : (agent.name ?? agent.id);

const readySince = ({ status }: BindingDto): string | undefined =>
  status.conditions.find(({ type }) => type === 'Ready')?.last_transition_time;

export const bindingShape = (now: number, connectionName: (id: string) => string): Shape<BindingDto> => ({
  nameOf: ({ phone_number }) => phone_number,
  columns: [
    { title: 'NUMBER', of: ({ phone_number }) => phone_number },
    { title: 'STATE', of: ({ readiness }) => stateOf(readiness) },
    { title: 'WHY', of: whyOf },
    { title: 'AGENT', of: agentOf },
    { title: 'CONNECTION', of: ({ connection_id }) => connectionName(connection_id) },
    { title: 'SINCE', of: (row) => agoOf(readySince(row), now) },
    { title: 'SEEN', of: ({ readiness }) => agoOf(readiness.observed_at, now) },
    { title: 'ISSUES', of: ({ readiness }) => readiness.issues.join('+'), isWide: true },
    { title: 'MODE', of: ({ mode }) => mode, isWide: true },
    { title: 'CLIENT', of: ({ client_id }) => (client_id === null ? '–' : String(client_id)), isWide: true },
    { title: 'MANAGER', of: ({ manager }) => manager ?? '–', isWide: true },
    { title: 'LABELS', of: ({ labels }) => labelsOf(labels), isWide: true },
    {
      title: 'GENERATION',
      of: ({ generation, observed_generation }) => `${String(observed_generation)}/${String(generation)}`,
      isWide: true,
    },
    { title: 'OUTCOME', of: ({ status }) => status.outcome, isWide: true },
  ],
});

/** Numbers that VoiceLink lists, declared or not. */
export const readinessShape = (now: number, connectionName: (id: string) => string): Shape<ReadinessRowDto> => ({
  nameOf: ({ phone_number }) => phone_number,
  columns: [
    { title: 'NUMBER', of: ({ phone_number }) => phone_number },
    { title: 'STATE', of: stateOf },
    { title: 'DECLARED', of: ({ declared }) => (declared ? 'yes' : 'no') },
    { title: 'WHY', of: ({ actions }) => actions[0] ?? '' },
    { title: 'AGENT', of: ({ local_phone_number }) => local_phone_number?.agent?.name ?? '–' },
    { title: 'CONNECTION', of: ({ connection_id }) => connectionName(connection_id) },
    { title: 'SEEN', of: ({ observed_at }) => agoOf(observed_at, now) },
    { title: 'ISSUES', of: ({ issues }) => issues.join('+'), isWide: true },
    {
      title: 'CLIENT',
      of: ({ remote_did }) => (typeof remote_did?.client_id === 'number' ? String(remote_did.client_id) : '–'),
      isWide: true,
    },
  ],
});

export const agentShape = (now: number): Shape<ListedAgentDto> => ({
  nameOf: ({ agent_name }) => agent_name,
  columns: [
    { title: 'NAME', of: ({ agent_name }) => agent_name },
    { title: 'TYPE', of: ({ agent_type }) => agent_type ?? '–' },
    { title: 'LANGUAGE', of: ({ language }) => language ?? '–' },
    { title: 'AGE', of: ({ created_at }) => agoOf(created_at, now) },
    { title: 'ID', of: ({ id }) => id },
  ],
});
