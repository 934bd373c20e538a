/**
 * Every figure of the table, in its order, with what it is to be. `atMost` and `atLeast` are in `unit`; with `perParse` the bound is a multiple
 * of the CPU that parsing the same bytes takes. A figure without a bound is told for comparison.
 */
const figures = (work, list) => list.map(([id, figure, unit, target = {}]) => ({ id, work, figure, unit, ...target }));

const cost = (name, { cpu, sql, rows } = {}) => [
  [`${name}.cpu`, 'CPU of the process', 'ms', cpu && { atMost: cpu, perParse: true }],
  [`${name}.postgres`, 'CPU of PostgreSQL', 'ms'],
  [`${name}.sql`, 'SQL statements', '', sql && { atMost: sql }],
  [`${name}.rows`, 'rows written', '', rows && { atMost: rows }],
];

const trips = (latency) =>
  figures(`declared → READY, three writes, VoiceLink takes ${latency} ms, sweeps going on`, [
    [`trips.${latency}.median`, 'round trips', '', { atMost: 6 }],
    [`trips.${latency}.p99`, 'round trips, p99', '', { atMost: 7 }],
    [`trips.${latency}.ms`, 'time', 'ms'],
  ]);

const NUMBER_OF_PEER = (id) => [
  [`${id}.cpu`, 'CPU of the process for one number', 'ms'],
  [`${id}.postgres`, 'CPU of PostgreSQL for one number', 'ms'],
  [`${id}.sql`, 'SQL statements for one number', ''],
];

export const TARGETS = [
  ...figures('the same bytes, read by a program that does nothing else', [
    ['parse', 'CPU of JSON.parse', 'ms'],
    ['digest', 'CPU of SHA-256', 'ms'],
    ['bytes', 'answers of VoiceLink', 'MB'],
    ['pages', 'pages', ''],
  ]),
  ...figures('sweep, nothing changed', cost('unchanged', { cpu: 1.5, sql: 20, rows: 5 })),
  ...figures('sweep, 1 % changed', [
    ...cost('changed', { cpu: 3 }),
    ['changed.rowsPerNumber', 'rows written for one changed number', '', { atMost: 4 }],
  ]),
  ...figures('sweep that judges everything again, nothing to store', cost('again', { cpu: 6 })),
  ...figures('the same by another process, which has read nothing yet', cost('restart')),
  ...figures('first sweep: everything is stored, with its events', [
    ...cost('first', { cpu: 30 }),
    ['first.wall', 'time', 's', { atMost: 8 }],
  ]),
  ...figures('memory of the process, slope from a tenth of the numbers to all', [
    ['memory.kept', 'kept for one number', 'B', { atMost: 800 }],
    ['memory.peak', 'highest resident set for one number', 'B', { atMost: 1_500 }],
    ['memory.rss', 'highest resident set', 'MB'],
  ]),
  ...figures('event loop, in the worst sweep', [['loop', 'longest stop', 'ms', { atMost: 25 }]]),
  ...[50, 200, 1000].flatMap(trips),
  ...figures('many declared at once, three writes each, VoiceLink takes 50 ms', [
    ['many.one', 'one reconciler', 'a second', { atLeast: 50 }],
    ['many.two', 'two reconcilers', 'a second', { atLeast: 100 }],
    ['many.gain', 'two ÷ one', '', { atLeast: 2 }],
    ['many.lists', 'list requests, two ÷ one', '', { atMost: 1 }],
  ]),
  ...figures('many declared at once under 4 requests a second, three writes each', [
    ['budget.requests', 'requests to VoiceLink for one number', '', { atMost: 4 }],
  ]),
  ...figures('one reconcile, of many', [
    ['one.sql', 'SQL statements', '', { atMost: 25 }],
    ['one.cpu', 'CPU of the process', 'ms', { atMost: 5 }],
    ['one.postgres', 'CPU of PostgreSQL', 'ms'],
    ['one.requests', 'requests to VoiceLink', '', { atMost: 3.5 }],
  ]),
  ...figures('GET of one declaration', [
    ['get.cpu', 'CPU of the process', 'ms'],
    ['get.sql', 'SQL statements', ''],
    ['get.ratio', '÷ bare Fastify', '', { atMost: 1.2 }],
  ]),
  ...figures('PUT of an unchanged declaration', [
    ['put.cpu', 'CPU of the process', 'ms', { atMost: 0.6 }],
    ['put.sql', 'SQL statements', '', { atMost: 2 }],
  ]),
  ...figures('peer: a loop that looks at one number after another', NUMBER_OF_PEER('loopByNumber')),
  ...figures('peer: a sweep that upserts every row each time', cost('upsert')),
  ...figures("peer: external-dns' plan.Calculate alone, as many unchanged endpoints, in memory", [
    ['plan', 'CPU of the process', 'ms'],
  ]),
  ...figures('events from the log to Kafka', [
    ['events.relay', 'ours', 'a second'],
    ['events.plain', 'peer: a plain producer, kafkajs', 'a second'],
    ['events.ratio', 'ours ÷ plain', '', { atLeast: 0.9 }],
    ['events.p50', 'commit → acknowledgement', 'ms', { atMost: 5 }],
    ['events.p99', 'commit → acknowledgement, p99', 'ms', { atMost: 30 }],
  ]),
  ...figures('peer: bare Fastify with HMAC, rate window and the same row', [
    ['fastify.cpu', 'CPU of the process', 'ms'],
  ]),
  ...figures('peer: graphile-worker, empty jobs', NUMBER_OF_PEER('queue.peer')),
  ...figures(
    'the same of ours: declarations looked at again, of which nothing is to be done',
    NUMBER_OF_PEER('queue.ours'),
  ),
];

/** What takes more than the minutes of the table, or more than its memory: `--scale`. */
export const SCALE = [
  ...figures('all numbers on ten connections in one process of 2 GiB', [
    ['scale.first', 'first sweep of all', 's'],
    ['scale.wall', 'sweep of all, nothing changed', 's'],
    ['scale.cpu', 'CPU of the process for it', 'ms'],
    ['scale.exponent', 'growth exponent of that CPU', '', { atMost: 1.05 }],
    ['scale.rss', 'highest resident set', 'MB', { atMost: 2_048 }],
    ['scale.p99', 'p99 of the gateway while all is swept ÷ without sweeps', '', { atMost: 1.5 }],
  ]),
  ...figures('the owner of a sweep is killed', [['owner.late', 'until the next one begins', 's', { atMost: 2 }]]),
  ...figures('many numbers to repair under 60 requests a minute', [
    ['small.used', 'share of the budget that is used', '', { atLeast: 0.98 }],
    ['small.writes', 'share of the requests that are writes', '', { atLeast: 0.75 }],
    ['small.wait', 'longest wait of a user', 's', { atMost: 5 }],
  ]),
];

/**
 * The bounds of the short form, which `npm test` runs: loosened, and of counts. Each lies nearer to what is measured than what it guards against
 * would bring it: nine pages are read, three steps taken.
 */
export const GATE = [
  ...figures('sweep of 5,000 numbers, nothing changed', [
    // All of it, when unchanged pages are parsed.
    ['gate.parsed', 'share of the answers that is parsed', '%', { atMost: 0.5 }],
    // At least one for each number, when unchanged rows are written.
    ['gate.rows', 'rows written', '', { atMost: 16 }],
    ['gate.perPage', 'SQL statements for each page', '', { atMost: 0.5 }],
    ['gate.sql', 'SQL statements', '', { atMost: 16 }],
    // Some 280 more, when parsed records are held.
    ['gate.kept', 'kept for one number', 'B', { atMost: 1_180 }],
  ]),
  ...figures('sweep of 5,000 numbers, 1 % changed', [
    ['gate.changedRows', 'rows written for one changed number', '', { atMost: 4.8 }],
  ]),
  ...figures('one number alone from declared to READY, three writes', [
    // Three more, when there is one more for each step.
    ['gate.aloneSql', 'SQL statements', '', { atMost: 80 }],
    ['gate.aloneRequests', 'requests to VoiceLink', '', { atMost: 13 }],
  ]),
  ...figures('one declaration', [
    ['gate.getSql', 'SQL statements of a GET', '', { atMost: 1.6 }],
    ['gate.putSql', 'SQL statements of an unchanged PUT', '', { atMost: 3.6 }],
  ]),
];
