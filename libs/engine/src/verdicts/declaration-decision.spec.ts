import { parseConnectionId, NO_MARKS, type Binding, type ConnectionId } from '@dialtone/domain';
import { aDidKey, anAgentId, aSpec } from '@dialtone/testing';
import {
  decideDeclaration,
  decideWithdrawal,
  type AskedDeclaration,
  type DeclarationDecision,
  type StandingDeclaration,
} from './declaration-decision';

const idOf = (digit: string): ConnectionId =>
  parseConnectionId(`${digit.repeat(8)}-1111-4111-8111-111111111111`) as ConnectionId;
const NORTH = idOf('1');
const SOUTH = idOf('2');
const spec = aSpec({ agentId: anAgentId(), clientId: 5 });
const marks = { labels: { team: 'sales' }, manager: 'crm' };
const binding = { ...spec, connectionId: NORTH, key: aDidKey(), generation: 3 } as Binding;
const standing: StandingDeclaration = { binding, marks, isConnectionActive: true };
const asked: AskedDeclaration = {
  connectionId: NORTH,
  spec,
  marks,
  precondition: { kind: 'none' },
  takeOver: false,
  isClientMissing: false,
};

const ANY = { atMost: Infinity, left: Infinity };

interface Case {
  readonly name: string;
  readonly ask?: Partial<AskedDeclaration>;
  readonly known?: Partial<Parameters<typeof decideDeclaration>[1]>;
  readonly want: DeclarationDecision;
}

describe('what becomes of a declaration', () => {
  const conflict = { kind: 'manager_conflict', manager: 'crm' } as const;
  it.each<Case>([
    { name: 'nothing is declared yet', known: { current: null }, want: { kind: 'created' } },
    {
      name: 'nothing is declared yet, and the partner may have no more',
      known: { current: null, quota: { atMost: 7, left: 0 } },
      want: { kind: 'quota_reached', atMost: 7 },
    },
    {
      name: 'a change where the partner may have no more',
      ask: { spec: { ...spec, clientId: 6 } },
      known: { quota: { atMost: 7, left: -1 } },
      want: { kind: 'updated' },
    },
    { name: 'the same is declared', want: { kind: 'unchanged' } },
    { name: 'another field', ask: { spec: { ...spec, clientId: 6 } }, want: { kind: 'updated' } },
    { name: 'another label', ask: { marks: { ...marks, labels: {} } }, want: { kind: 'updated' } },
    { name: 'an unknown agent', known: { agent: false }, want: { kind: 'agent_not_found' } },
    {
      name: 'a client that there is not',
      ask: { isClientMissing: true, spec: { ...spec, clientId: 6 } },
      want: { kind: 'client_not_found' },
    },
    { name: 'a client that is gone and declared already', ask: { isClientMissing: true }, want: { kind: 'unchanged' } },
    {
      name: 'a client that there is not, of a new number',
      ask: { isClientMissing: true },
      known: { current: null },
      want: { kind: 'client_not_found' },
    },
    { name: 'an inactive connection', known: { connection: false }, want: { kind: 'connection_not_found' } },
    {
      name: 'it exists, and must not',
      ask: { precondition: { kind: 'absent' } },
      want: { kind: 'precondition_failed', generation: 3 },
    },
    {
      name: 'it does not exist, and must',
      ask: { precondition: { kind: 'exists' } },
      known: { current: null },
      want: { kind: 'precondition_failed', generation: null },
    },
    {
      name: 'it is declared on another connection that is active',
      ask: { connectionId: SOUTH },
      want: { kind: 'connection_conflict', connectionId: NORTH },
    },
    {
      name: 'it is declared on another connection that is disconnected',
      ask: { connectionId: SOUTH },
      known: { current: { ...standing, isConnectionActive: false } },
      want: { kind: 'updated' },
    },
    { name: 'another manager', ask: { marks: { ...marks, manager: 'erp' } }, want: conflict },
    { name: 'no manager', ask: { marks: { ...marks, manager: null } }, want: conflict },
    {
      name: 'another manager that moves it',
      ask: { connectionId: SOUTH, marks: { ...marks, manager: 'erp' } },
      known: { current: { ...standing, isConnectionActive: false } },
      want: conflict,
    },
    {
      name: 'another manager that takes it over',
      ask: { marks: { ...marks, manager: 'erp' }, takeOver: true },
      want: { kind: 'updated' },
    },
    { name: 'a person who takes it over', ask: { marks: NO_MARKS, takeOver: true }, want: { kind: 'updated' } },
    { name: 'a take-over of what is its own', ask: { takeOver: true }, want: { kind: 'unchanged' } },
    {
      name: 'the first manager of what had none',
      known: { current: { ...standing, marks: { ...marks, manager: null } } },
      want: { kind: 'updated' },
    },
    {
      name: 'the precondition comes before the manager',
      ask: { precondition: { kind: 'generation', generation: 2 }, marks: { ...marks, manager: 'erp' } },
      want: { kind: 'precondition_failed', generation: 3 },
    },
  ])('$name: $want.kind', ({ ask, known, want }) => {
    const all = { agent: true, connection: true, current: standing, quota: ANY, ...known };
    expect(decideDeclaration({ ...asked, ...ask }, all)).toEqual(want);
  });
});

describe('what becomes of a withdrawal', () => {
  const none = { kind: 'none' } as const;
  it.each([
    { name: 'in the name of its manager', claim: { manager: 'crm' }, want: { kind: 'removed' } },
    { name: 'in the name of another', claim: { manager: 'erp' }, want: { kind: 'manager_conflict', manager: 'crm' } },
    { name: 'in the name of none', claim: {}, want: { kind: 'manager_conflict', manager: 'crm' } },
    { name: 'of another, taken over', claim: { manager: 'erp', takeOver: true }, want: { kind: 'removed' } },
    { name: 'of what has no manager', claim: { manager: 'erp' }, of: NO_MARKS, want: { kind: 'removed' } },
    { name: 'of nothing', claim: {}, of: null, want: { kind: 'not_found' } },
    { name: 'of its own only, and it is', claim: { manager: 'crm', ownOnly: true }, want: { kind: 'removed' } },
    {
      name: 'of its own only, and another has it',
      claim: { manager: 'erp', ownOnly: true, takeOver: true },
      want: { kind: 'not_found' },
    },
    {
      name: 'of its own only, and none has it',
      claim: { manager: 'crm', ownOnly: true },
      of: NO_MARKS,
      want: { kind: 'not_found' },
    },
    {
      name: 'of another generation',
      claim: { manager: 'erp', precondition: { kind: 'generation' as const, generation: 2 } },
      want: { kind: 'precondition_failed', generation: 3 },
    },
  ])('$name: $want.kind', ({ claim, of = marks, want }) => {
    const current = of === null ? null : { binding, marks: of, isConnectionActive: true };
    expect(decideWithdrawal({ precondition: none, manager: null, takeOver: false, ...claim }, current)).toEqual(want);
  });

  it.each([
    { declares: 'keep', asks: undefined, is: undefined, want: 'removed' },
    { declares: 'outbound_off', asks: undefined, is: undefined, want: 'outbound_off, begins' },
    { declares: 'outbound_off', asks: 'keep', is: undefined, want: 'removed' },
    { declares: 'keep', asks: 'unassign_agent', is: undefined, want: 'unassign_agent, begins' },
    { declares: 'keep', asks: undefined, is: 'outbound_off', want: 'outbound_off' },
    { declares: 'unassign_agent', asks: undefined, is: 'outbound_off', want: 'outbound_off' },
    { declares: 'keep', asks: 'unassign_agent', is: 'outbound_off', want: 'unassign_agent, begins' },
    { declares: 'keep', asks: 'keep', is: 'outbound_off', want: 'removed' },
  ] as const)(
    'that declares $declares, is released by $is and asks for $asks: $want',
    ({ declares, asks, is, want }) => {
      const released = { ...binding, release: declares, ...(is !== undefined && { releasing: is }) };
      const claim = {
        precondition: none,
        manager: null,
        takeOver: false,
        ...(asks !== undefined && { release: asks }),
      };
      const decide = (isConnectionActive: boolean) =>
        decideWithdrawal(claim, { binding: released, marks: NO_MARKS, isConnectionActive });
      const told = decide(true);
      const text = told.kind === 'releasing' ? `${told.releasing}${told.begins ? ', begins' : ''}` : told.kind;
      expect(text).toBe(want);
      expect(decide(false).kind).toBe('removed');
    },
  );
});
