import { eventsSection } from './events-section.mjs';
import { externalDnsSection } from './external-dns.mjs';
import { gatewaySection } from './gateway-cost.mjs';
import { largeAccountSection } from './large-account.mjs';
import { manyAtOnceSection, tightBudgetSection } from './many-at-once.mjs';
import { Measured } from './rows.mjs';

/** The parts of the table, each with what its figures' ids begin with. */
const SECTIONS = [
  {
    run: largeAccountSection,
    figures: [
      'parse',
      'digest',
      'bytes',
      'pages',
      'unchanged',
      'changed',
      'again',
      'restart',
      'first',
      'memory',
      'loop',
      'trips',
      'upsert',
    ],
  },
  { run: manyAtOnceSection, figures: ['many', 'one', 'queue.ours'] },
  { run: gatewaySection, figures: ['get', 'put', 'fastify', 'queue.peer'] },
  { run: tightBudgetSection, figures: ['budget'] },
  // Peers that this machine may lack what it takes for.
  { run: eventsSection, figures: ['events'], isOptional: true },
  { run: externalDnsSection, figures: ['plan'], isOptional: true },
];

/**
 * Measures the whole table, one part after another, and returns its rows. A part that fails leaves its figures out, with the reason, and the
 * others go on. `dids`: the
 * numbers of the large account; `declared`: how many are declared at once; `times`: repetitions of what can be repeated in seconds.
 */
export async function runTable({ dids, declared, times, seed, say }) {
  const measured = new Measured();
  for (const { run, figures, isOptional = false } of SECTIONS) {
    try {
      await run({ dids, declared, times, seed, measured, say });
    } catch (error) {
      say(`failed: ${error.stack}`);
      for (const part of figures) measured.miss(part, `failed: ${error.message.split('\n')[0]}`);
      if (!isOptional) process.exitCode = 1;
    }
  }
  return measured.rows();
}
