import { changeSome, measureSweep, onePercentOf } from '../sweep.mjs';

/**
 * Sweeps of one account of every kind, the first one once, of the others as many as `times` says. The figures of a sweep are those of
 * `measureSweep`; of one with changes also how many numbers were `changed`.
 */
export async function sweepSeries(world, { dids, times, say }) {
  const sweep = (name) => {
    say(`${dids} numbers: ${name}`);
    return measureSweep({ name, ...world });
  };
  const first = await sweep('first sweep');
  const afterFirst = await sweep('the sweep after it');
  const unchanged = await repeat(times, () => sweep('nothing changed'));
  const again = await repeat(times, async (nth) => {
    await judgeEverythingNext(world, nth);
    return sweep('everything judged again');
  });
  const changed = await repeat(times, async (round) => {
    const numbers = await changeSome(world.bed.voicelink, { dids, count: onePercentOf(dids), round });
    const measured = await sweep('1 % changed');
    await sweep('the sweep after it');
    return { ...measured, changed: numbers };
  });
  return { first, afterFirst, unchanged, again, changed };
}

/** Verdicts depend on which bots are listed wrongly: another set, of a bot that there is not, changes none of them. */
async function judgeEverythingNext({ bed, database }, nth) {
  await database.rows('delete from misreported_bots where bot_id >= 2000000000');
  await database.rows('insert into misreported_bots (connection_id, bot_id, marked_at) values ($1, $2, now())', [
    bed.partner.connection_id,
    2_000_000_000 + nth,
  ]);
}

export async function repeat(times, work) {
  const results = [];
  for (let nth = 0; nth < times; nth += 1) results.push(await work(nth));
  return results;
}
