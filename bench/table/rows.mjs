import { medianOf } from '../statistics.mjs';

/** Collects what sections measure: samples of a figure, by its id in the table, and what has to be said of them. */
export class Measured {
  #samples = new Map();
  #notes = new Map();
  #targets;

  /** `targets`: the figures of the table, in order. */
  constructor(targets) {
    this.#targets = targets;
  }

  /** `samples`: one number, or one per repetition; null where this machine cannot tell. */
  record(id, samples, note) {
    if (!this.#targets.some((target) => target.id === id)) throw new Error(`The table has no figure ${id}.`);
    const known = [samples].flat().filter((sample) => sample !== null);
    if (known.length > 0) this.#samples.set(id, known);
    if (note !== undefined) this.#notes.set(id, note);
  }

  /** Says why figures of a part are missing, if they are; `part` is what their ids begin with. */
  miss(part, note) {
    const missing = this.#targets.filter(
      ({ id }) => (id === part || id.startsWith(`${part}.`)) && !this.#samples.has(id),
    );
    for (const { id } of missing) this.#notes.set(id, note);
  }

  /** The table, one row for each figure; `met` is null where there is no bound, or nothing to compare with it. */
  rows() {
    const parse = this.#samples.has('parse') ? medianOf(this.#samples.get('parse')) : null;
    return this.#targets.map((target) =>
      rowOf(target, this.#samples.get(target.id), { parse, note: this.#notes.get(target.id) }),
    );
  }
}

function rowOf({ id, work, figure, unit, ...target }, samples, { parse, note = null }) {
  const row = { id, work, figure, unit, target: boundOf(target), note };
  if (samples === undefined)
    return { ...row, median: null, least: null, most: null, times: 0, perParse: null, met: null };
  const median = medianOf(samples);
  const perParse = target.perParse && parse !== null ? median / parse : null;
  const spread = { median, least: Math.min(...samples), most: Math.max(...samples), times: samples.length };
  return { ...row, ...spread, perParse, met: isMet(target, target.perParse ? perParse : median) };
}

function isMet({ atMost, atLeast }, value) {
  if (value === null || (atMost === undefined && atLeast === undefined)) return null;
  return atMost === undefined ? value >= atLeast : value <= atMost;
}

function boundOf({ atMost, atLeast, perParse }) {
  if (atMost === undefined && atLeast === undefined) return null;
  return `${atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`}${perParse ? ' × parse' : ''}`;
}
