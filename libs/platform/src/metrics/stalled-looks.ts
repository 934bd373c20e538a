import { Counter, type Registry } from 'prom-client';

/** Counts a look that left a declaration stalled. `stalls`: such looks in a row, this one included. */
export type StalledLooks = (stalls: number) => void;

export const stalledLooks = (registry: Registry): StalledLooks => {
  const looks = new Counter({
    name: 'dialtone_stalled_looks_total',
    help: 'Looks that left a declaration stalled: on something new, or on the same as the look before',
    labelNames: ['stall'],
    registers: [registry],
  });
  for (const stall of ['new', 'same']) looks.inc({ stall }, 0);
  return (stalls) => {
    looks.inc({ stall: stalls > 1 ? 'same' : 'new' });
  };
};
