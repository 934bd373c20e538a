import { Failure } from '../failure';
import type { Gateway } from './gateway';
import { agentsOf, connectionsOf } from './pages';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isId = (text: string): boolean => UUID.test(text);

interface Named {
  readonly id: string;
  readonly name: string;
}

const MAX_SUGGESTED = 10;

/** The one with this name; says which names there are. */
const idByName = (kind: string, name: string, known: readonly Named[]): string => {
  const [first, second] = known.filter((one) => one.name === name);
  if (first !== undefined && second === undefined) return first.id;
  if (second !== undefined) throw new Failure(`Several ${kind}s are called "${name}": give the id.`);
  const names = known.map((one) => `"${one.name}"`);
  const shownNames = names.slice(0, MAX_SUGGESTED).join(', ') + (names.length > MAX_SUGGESTED ? ', …' : '');
  throw new Failure(
    `There is no ${kind} "${name}". ${names.length === 0 ? 'There is none at all.' : `There are: ${shownNames}`}`,
  );
};

/** Names for ids and ids for names, each list read once and only when it is needed. */
export class Names {
  private agentList: Promise<readonly Named[]> | null = null;
  private connectionList: Promise<readonly Named[]> | null = null;

  constructor(private readonly gateway: Gateway) {}

  agents(): Promise<readonly Named[]> {
    this.agentList ??= agentsOf(this.gateway).then((rows) => rows.map(({ id, agent_name: name }) => ({ id, name })));
    return this.agentList;
  }

  /** Active ones: a disconnected connection may have had the same name. */
  connections(): Promise<readonly Named[]> {
    this.connectionList ??= connectionsOf(this.gateway).then((rows) =>
      rows.filter(({ status }) => status !== 'DISCONNECTED').map(({ connection_id: id, name }) => ({ id, name })),
    );
    return this.connectionList;
  }

  async agentId(nameOrId: string): Promise<string> {
    return isId(nameOrId) ? nameOrId : idByName('agent', nameOrId, await this.agents());
  }

  async connectionId(nameOrId: string): Promise<string> {
    return isId(nameOrId) ? nameOrId : idByName('connection', nameOrId, await this.connections());
  }

  /** What a connection is called; the id of one that is not listed. */
  async connectionName(): Promise<(id: string) => string> {
    const names = new Map((await this.connections()).map(({ id, name }) => [id, name]));
    return (id) => names.get(id) ?? id;
  }
}
