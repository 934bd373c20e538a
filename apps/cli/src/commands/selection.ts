import type { Command } from 'commander';
import type { BindingDto, BindingMode } from '@dialtone/client';
import type { Names } from '../gateway/names';
import type { BindingsQuery } from '../gateway/pages';
import { statesIn } from './states';

/** Flags that select numbers; each narrows what the others select. */
export interface SelectionFlags {
  readonly selector?: string;
  readonly state?: string;
  readonly agent?: string;
  readonly issue?: string;
  readonly connection?: string;
  readonly manager?: string;
  readonly mode?: string;
}

export const addSelection = (command: Command): Command =>
  command
    .option('-l, --selector <labels>', 'as Kubernetes writes it: team=sales,region in (north,south)')
    .option('--state <states>', 'one or more of them, with commas: NO_BOT,UNKNOWN')
    .option('--issue <issues>', 'numbers with one of these issues, also as their second')
    .option('--agent <agent>', 'name or id')
    .option('--connection <connection>', 'name or id')
    .option('--manager <name>', 'numbers that this manager declares')
    .option('--mode <mode>', 'numbers in this mode');

/** What is asked of the API, and what is left to filter here. */
export interface Selection {
  readonly query: BindingsQuery;
  readonly fits: (row: BindingDto) => boolean;
}

export const selectionOf = async (flags: SelectionFlags, names: Names): Promise<Selection> => {
  const { selector, agent, connection, manager, mode } = flags;
  const states = statesIn(flags.state);
  const issues: readonly string[] = statesIn(flags.issue);
  const [only, second] = states;
  const fits = (row: BindingDto): boolean =>
    (states.length === 0 || states.includes(row.readiness.state)) &&
    (issues.length === 0 || row.readiness.issues.some((issue) => issues.includes(issue)));
  const query: BindingsQuery = {
    ...(selector !== undefined && { labels: selector }),
    ...(only !== undefined && second === undefined && { state: only }),
    ...(manager !== undefined && { manager }),
    // The gateway knows which modes there are.
    ...(mode !== undefined && { mode: mode as BindingMode }),
    ...(agent !== undefined && { agent_id: await names.agentId(agent) }),
    ...(connection !== undefined && { connection_id: await names.connectionId(connection) }),
  };
  return { query, fits };
};
