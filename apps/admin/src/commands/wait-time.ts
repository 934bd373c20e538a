import { CommandError } from './with-stores';

const WAIT = /^(\d{1,5})([smh])$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `30s`, `5m` or `1h` in milliseconds. Throws a CommandError for anything else. */
export const readWaitTime = (text: string): number => {
  const [, count, unit = ''] = WAIT.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined)
    throw new CommandError(`--wait "${text}" is no duration: give seconds, minutes or hours, such as 30s, 5m or 1h.`);
  return Number(count) * unitMs;
};
