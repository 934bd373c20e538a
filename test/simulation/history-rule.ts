import { NO_MARKS, type ConnectionId, type DidKey } from '@dialtone/domain';
import { declarationFacts, numberAt, type HistoryRecord, type NumberAt } from '@dialtone/engine';
import type { InMemoryWorld } from '@dialtone/testing';
import { must } from './invariants';
import type { Population } from './population';
import type { MutatingCall } from './sim-upstream';

export interface Numbered {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
}

/** What the store held of a number from a time on. */
interface Held {
  readonly at: number;
  readonly state: NumberAt;
}

/** What a store is compared by: rows are replaced when they change, but for the journal's. */
interface Rows {
  readonly binding: object | null;
  readonly verdict: object;
  readonly hold: string | null;
  readonly writes: string;
}

/** The length of a day in this world, ms. */
const DAY_MS = 7_000;

/**
 * History tells everything: each call that reached VoiceLink has one entry, and from the entries of a day alone the store's state of
 * a number at any time of that day is rebuilt.
 */
export class HistoryRule {
  private readonly held = new Map<string, Held[]>();
  private readonly rows = new Map<string, Rows>();
  private readonly calls = new Map<string, number>();

  constructor(
    private readonly world: InMemoryWorld,
    private readonly population: Pick<Population, 'places'>,
    /** False: nothing is watched. */
    private readonly isOn: boolean,
  ) {}

  /** A mutating call reaches VoiceLink: its intent is there, and is the intent of no other call. */
  arrives(call: MutatingCall): void {
    if (!this.isOn) return;
    const target = targetOf(call);
    const calls = (this.calls.get(target) ?? 0) + 1;
    this.calls.set(target, calls);
    const entries = this.world.history.entries.filter(
      ({ writeId, after }) => writeId !== null && after?.['target'] === target,
    );
    must(calls <= entries.length, `call ${String(calls)} of ${target} with ${String(entries.length)} entries`);
  }

  /** After each step of a run. */
  observe(): void {
    if (!this.isOn) return;
    const now = this.world.clock.now();
    const states = this.world.writes.map(({ state }) => state).join();
    for (const number of this.population.places()) {
      const id = `${number.connectionId}/${number.key}`;
      const rows = {
        binding: this.world.bindingRow(number.connectionId, number.key),
        verdict: this.world.verdictRow(number.connectionId, number.key),
        hold: this.world.holdOf(number.connectionId),
        writes: states,
      };
      if (isSame(this.rows.get(id), rows)) continue;
      this.rows.set(id, rows);
      const held = this.held.get(id) ?? [];
      if (held.at(-1)?.at === now) held.pop();
      this.held.set(id, [...held, { at: now, state: this.stateOf(number, rows.hold) }]);
    }
  }

  /** At the end of a run: the partner changes what is declared, and then every state is rebuilt. */
  async mustTellAll(): Promise<void> {
    if (!this.isOn) return;
    for (const number of this.population.places()) {
      for (const change of changesOf(this.world, number)) {
        await change();
        this.observe();
        await this.world.clock.advance(BETWEEN_MS);
      }
    }
    this.rebuildAll();
  }

  private rebuildAll(): void {
    const all = this.world.history.all;
    const ids = all.flatMap(({ kind, id }) => (kind === 'upstream_write' ? [id] : []));
    must(
      ids.length === this.world.writes.length,
      `${String(this.world.writes.length)} writes have ${String(ids.length)} entries`,
    );
    for (const [id, held] of this.held) {
      const records = all.filter((record) => isOf(id, record));
      for (const { at, state } of held) {
        mustRebuild(id, { at, state }, records, all.at(0)?.at ?? 0);
      }
    }
  }

  /** Of the writes, in the order in which they were begun. */
  private get entryIds(): readonly string[] {
    const { entries } = this.world.history;
    return entries.flatMap(({ id, writeId }) => (writeId === null ? [] : [id]));
  }

  private stateOf({ connectionId, key }: Numbered, hold: string | null): NumberAt {
    const row = this.world.bindingRow(connectionId, key);
    const { state, issues } = this.world.verdictRow(connectionId, key);
    return {
      declaration: row && declarationFacts({ binding: row.binding, marks: NO_MARKS }),
      verdict: { state, issues },
      status: row && { outcome: row.outcome, message: row.message },
      hold,
      writes: this.world.writes.flatMap((write, nth) =>
        write.key === key && write.connectionId === connectionId
          ? [{ id: this.entryIds[nth] ?? '', target: write.target, outcome: write.state }]
          : [],
      ),
    };
  }
}

const BETWEEN_MS = 900;

/** What no engine does: declarations are changed, withdrawn and made again, holds come and go, a verdict ends. */
const changesOf = (world: InMemoryWorld, { connectionId, key }: Numbered): readonly (() => Promise<unknown>)[] => {
  const binding = world.bindingRow(connectionId, key)?.binding;
  if (binding === undefined) return [];
  return [
    () => world.declare({ connectionId, key, spec: { ...binding, botName: 'Another' } }),
    () => world.voiceLinkConnections.holdWrites(connectionId, `As asked for ${key}`),
    () => world.undeclare(connectionId, key),
    () => world.keyStates.end(connectionId, [key]),
    () => world.acknowledgeHold(connectionId),
    () => world.declare({ connectionId, key, spec: binding }),
  ];
};

const isSame = (a: Rows | undefined, b: Rows): boolean =>
  a !== undefined && a.binding === b.binding && a.verdict === b.verdict && a.hold === b.hold && a.writes === b.writes;

const isOf = (id: string, { connectionId, key }: HistoryRecord): boolean =>
  key === null ? connectionId === null || id.startsWith(connectionId) : `${String(connectionId)}/${key}` === id;

/** The whole history tells every field; the day alone tells those that changed on it. */
const mustRebuild = (id: string, { at, state }: Held, records: readonly HistoryRecord[], beganAt: number): void => {
  const day = Math.floor((at - beganAt) / DAY_MS) * DAY_MS + beganAt;
  const ofDay = records.filter((record) => record.at >= day && record.at < day + DAY_MS);
  for (const [what, told] of [
    ['the whole history', numberAt(records, at)],
    ['the day', numberAt(ofDay, at)],
  ] as const) {
    for (const [field, value] of Object.entries(told)) {
      const was: unknown = state[field as keyof NumberAt];
      const want = field === 'writes' && what === 'the day' ? begunIn(ofDay, state) : was;
      must(
        textOf(value) === textOf(want),
        `${id}: by ${what}, ${field} at ${String(at)} is ${textOf(value)} instead of ${textOf(want)}`,
      );
    }
  }
  const isDeclared = state.declaration !== null;
  const missing = (['declaration', 'status'] as const).filter(
    (field) => isDeclared && !(field in numberAt(records, at)),
  );
  must(missing.length === 0, `${id}: history says nothing of ${missing.join()}`);
};

const begunIn = (ofDay: readonly HistoryRecord[], { writes }: NumberAt): NumberAt['writes'] =>
  writes.filter(({ id }) => ofDay.some((record) => record.id === id));

const textOf = (value: unknown): string => JSON.stringify(value);

const targetOf = (call: MutatingCall): string => {
  switch (call.operation) {
    case 'dids.map':
      return `map:${String(call.didId)}`;
    case 'bots.create':
      return `bot-create:${String(call.clientId)}`;
    case 'bots.update':
      return `bot-update:${String(call.botId)}`;
    case 'routing.create':
      return `routing-create:${String(call.didId)}`;
    case 'routing.update':
      return `routing-update:${String(call.routingId)}`;
  }
};
