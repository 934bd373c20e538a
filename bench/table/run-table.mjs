import { eventsSection } from './events-section.mjs';
import { externalDnsSection } from './external-dns.mjs';
import { gatewaySection } from './gateway-cost.mjs';
import { largeAccountSection } from './large-account.mjs';
import { manyAtOnceSection, tightBudgetSection } from './many-at-once.mjs';
import { Measured } from './rows.mjs';
import { millionSection } from './scale-million.mjs';
import { ownerSection } from './scale-owner.mjs';
import { smallBudgetSection } from './scale-budget.mjs';
import { SCALE, TARGETS } from './targets.mjs';

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

/** Takes an hour: a million numbers are stored first. */
const SCALE_SECTIONS = [
  { run: millionSection, figures: ['scale'] },
  { run: (options) => ownerSection({ ...options, dids: Math.ceil(options.dids / 10) }), figures: ['owner'] },
  { run: (options) => smallBudgetSection({ ...options, numbers: Math.ceil(options.dids / 200) }), figures: ['small'] },
];

/**
 * Measures the whole table, one part after another, and returns its rows. A part that fails leaves its figures out, with the reason, and the
 * others go on. `dids`: the numbers of the large account; `declared`: how many are declared at once; `times`: repetitions of what can be
 * repeated in seconds.
 */
export const runTable = (options) => runSections(SECTIONS, new Measured(TARGETS), options);

/** The same for the figures of many more numbers: `dids` on ten connections. */
export const runScale = (options) => runSections(SCALE_SECTIONS, new Measured(SCALE), options);

async function runSections(sections, measured, options) {
  const { say } = options;
  for (const { run, figures, isOptional = false } of sections) {
    try {
      await run({ ...options, measured });
    } catch (error) {
      say(`failed: ${error.stack}`);
      for (const part of figures) measured.miss(part, `failed: ${error.message.split('\n')[0]}`);
      if (!isOptional) process.exitCode = 1;
    }
  }
  return measured.rows();
}
