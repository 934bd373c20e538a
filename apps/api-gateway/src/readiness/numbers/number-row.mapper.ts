import type { NumberDeclaration, NumberRow } from '@dialtone/persistence';
import type { NumberDeclarationDto, NumberRowDto } from './number-row.dto';

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

const toNumberDeclaration = ({ agentId, mode, manager, labels, outcome }: NumberDeclaration): NumberDeclarationDto => ({
  agent_id: agentId,
  mode,
  manager,
  labels,
  outcome,
});

export const toNumberRow = ({ key, connectionId, state, issues, ...row }: NumberRow): NumberRowDto => ({
  key,
  connection_id: connectionId,
  declared: row.isDeclared,
  state,
  issues,
  stale: row.isStale,
  observed_at: row.observedAt === null ? null : iso(row.observedAt),
  since: iso(row.since),
  declaration: row.declaration && toNumberDeclaration(row.declaration),
});
