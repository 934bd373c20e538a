import type { BatchItemBody } from '@dialtone/client';
import type { Declaration } from '../files/declarations';
import type { Problem } from '../files/places';
import { isId, type Names } from '../gateway/names';

/** A declaration as the API takes it. */
export interface Resolved {
  readonly from: Declaration;
  readonly item: BatchItemBody;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

type Lookup = (nameOrId: string) => string | null;

/** Of a name that several have: none, as a guess would be one. */
const lookupIn = (known: readonly Named[]): Lookup => {
  const ids = new Map<string, string | null>();
  for (const { id, name } of known) ids.set(name, ids.has(name) ? null : id);
  return (text) => (isId(text) ? text : (ids.get(text) ?? null));
};

const problem = ({ file, line, lines }: Declaration, field: string, name: string, known: readonly Named[]): Problem => {
  const times = known.filter((one) => one.name === name).length;
  const names = known
    .map((one) => `"${one.name}"`)
    .slice(0, 10)
    .join(', ');
  const message =
    times > 1
      ? `several are called "${name}": give ${field}_id`
      : `there is no ${field} "${name}"; there are: ${names}`;
  return { file, line: lines[field] ?? line, field, message };
};

/** Names become ids, with two lists at most and only where names are used. */
export const resolve = async (
  declarations: readonly Declaration[],
  names: Names,
): Promise<{ readonly resolved: readonly Resolved[]; readonly problems: readonly Problem[] }> => {
  const uses = (field: 'agent' | 'connection'): boolean =>
    declarations.some((declaration) => declaration[field] !== null && !isId(declaration[field]));
  const agents = uses('agent') ? await names.agents() : [];
  const connections = uses('connection') ? await names.connections() : [];
  const [agentId, connectionId] = [lookupIn(agents), lookupIn(connections)];
  const problems: Problem[] = [];
  const resolved = declarations.flatMap((from): readonly Resolved[] => {
    const agent_id = agentId(from.agent);
    const connection_id = from.connection === null ? undefined : connectionId(from.connection);
    if (agent_id === null) problems.push(problem(from, 'agent', from.agent, agents));
    if (connection_id === null) problems.push(problem(from, 'connection', from.connection ?? '', connections));
    if (agent_id === null || connection_id === null) return [];
    return [{ from, item: { ...from.item, agent_id, ...(connection_id !== undefined && { connection_id }) } }];
  });
  return { resolved, problems };
};
