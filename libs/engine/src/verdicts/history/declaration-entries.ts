import { BINDING_SPEC_FIELDS, type Binding, type BindingSpec, type DeclarationMarks } from '@dialtone/domain';
import type { Author, HistoryEntry, HistoryFacts } from '../../ports/history';
import { shownUrl } from './shown-facts';

export interface Declared {
  readonly binding: Binding;
  readonly marks: DeclarationMarks;
}

/** A declaration is created (from null), updated, or withdrawn (to null). */
export interface ChangeOfDeclaration {
  readonly before: Declared | null;
  readonly after: Declared | null;
}

/** By declared field: its name in the API. Another field does not compile before it is kept. */
const NAMES: Readonly<Record<keyof BindingSpec, string>> = {
  agentId: 'agent_id',
  clientId: 'client_id',
  botName: 'bot_name',
  websocketUrl: 'websocket_url',
  mode: 'mode',
  release: 'release',
};

const specFacts = (spec: BindingSpec): HistoryFacts =>
  Object.fromEntries(
    BINDING_SPEC_FIELDS.map((field) => {
      const value = spec[field];
      return [NAMES[field], field === 'websocketUrl' && typeof value === 'string' ? shownUrl(value) : value];
    }),
  );

/** What the partner declared, as history shows it. */
export const declarationFacts = ({ binding, marks }: Declared): HistoryFacts => ({
  connection_id: binding.connectionId,
  generation: binding.generation,
  ...specFacts(binding),
  release: binding.release,
  ...(binding.releasing !== undefined && { releasing: binding.releasing }),
  labels: marks.labels,
  manager: marks.manager,
});

/** One entry on each connection: a declaration that moves is withdrawn from the one that it leaves. */
export const declarationEntries = ({ before, after }: ChangeOfDeclaration, author: Author): readonly HistoryEntry[] => {
  const facts = { before: before && declarationFacts(before), after: after && declarationFacts(after) };
  if (after === null) return before === null ? [] : [entryOf('declaration_withdrawn', before, facts, author)];
  const kind = before === null ? 'declaration_created' : 'declaration_updated';
  const placed = entryOf(kind, after, facts, author);
  if (before === null || before.binding.connectionId === after.binding.connectionId) return [placed];
  const left = { before: facts.before, after: null };
  return [entryOf('declaration_withdrawn', before, left, author), placed];
};

const entryOf = (
  kind: HistoryEntry['kind'],
  { binding: { partnerId, connectionId, key } }: Declared,
  facts: Pick<HistoryEntry, 'before' | 'after'>,
  { actor, manager, requestId }: Author,
): HistoryEntry => ({ kind, partnerId, connectionId, key, actor, manager, requestId, ...facts });
