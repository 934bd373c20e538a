/** Control characters and escape sequences: what others named a thing must not steer the reader's terminal. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text of the gateway as a terminal may show it. */
export const shown = (text: string): string => text.replace(CONTROLS, '�');

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** "12 s", "4 min", "3 h", "2 d". */
export const spanOf = (seconds: number): string => {
  if (seconds < MINUTE) return `${String(Math.max(0, Math.round(seconds)))} s`;
  if (seconds < HOUR) return `${String(Math.floor(seconds / MINUTE))} min`;
  if (seconds < DAY) return `${String(Math.floor(seconds / HOUR))} h`;
  return `${String(Math.floor(seconds / DAY))} d`;
};

const MS_PER_SECOND = 1_000;

/** How long ago a time of the gateway is. Clocks differ: never below zero. */
export const agoOf = (time: string | null | undefined, now: number): string =>
  typeof time === 'string' ? spanOf((now - Date.parse(time)) / MS_PER_SECOND) : '–';

export const countOf = (count: number): string => count.toLocaleString('en-US');

/** "1 number", "5,000 numbers". */
export const numbersOf = (count: number): string => `${countOf(count)} number${count === 1 ? '' : 's'}`;
