import type { System } from './system';

/** Waits in ms by the state in which they were measured. */
export type Waited = Readonly<Record<string, readonly number[]>>;

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** A line of percentiles per state. */
export const told = (times: Waited): string => {
  const width = Math.max(...Object.keys(times).map(({ length }) => length));
  return Object.entries(times)
    .map(([state, ms]) => {
      const at = [0.5, 0.9, 0.99].map((share) => `p${String(share * 100)} ${quantile(ms, share).toFixed(1)} ms`);
      return `${state.padEnd(width)} ${String(ms.length).padStart(5)} answers  ${at.join('  ')}\n`;
    })
    .join('');
};

/** Of the gateway's process, in bytes. */
export const residentMemory = async (system: System): Promise<number> => {
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(await system.metrics(system.gatewayChild)) ?? [];
  return Number(bytes);
};
