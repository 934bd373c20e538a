import { type BatchBody, type BulkAnswerDto, type BulkResultDto, declareBindings } from '@dialtone/client';
import { Failure } from '../failure';
import type { Gateway } from '../gateway/gateway';
import { countOf } from '../output/texts';
import type { Resolved } from './resolve';

const MOST_ITEMS = 1_000;
/** Of a batch the gateway takes 1 MiB, with its other fields. */
const MOST_BYTES = 900_000;
/** Numbers that a request with prune may name beside its items. */
const MOST_KEPT = 50_000;

/** How the files are declared, for all batches the same. */
export interface Terms {
  readonly manager: string | null;
  readonly takeOver: boolean;
  readonly dryRun: boolean;
  /** Hashes of the plans of all batches, in their order; null: whatever would be done now. */
  readonly plans?: readonly string[] | null;
}

export interface PruneTerms {
  readonly maxPercent: number | null;
  readonly force: boolean;
}

/** As few requests as the limits allow, in the order of the files. */
export const inBatches = <Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
): readonly (readonly Item[])[] => {
  const batches: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = batches.at(-1);
    if (last === undefined || last.length === MOST_ITEMS || size > room) {
      batches.push([item]);
      room = MOST_BYTES - size;
    } else {
      last.push(item);
      room -= size;
    }
  }
  return batches;
};

export const batchesOf = (resolved: readonly Resolved[]): readonly (readonly Resolved[])[] =>
  inBatches(resolved, ({ item }) => Buffer.byteLength(JSON.stringify(item)) + 1);

export const bodyOf = (batch: readonly Resolved[], { manager, takeOver, dryRun }: Terms): BatchBody => ({
  items: batch.map(({ item }) => item),
  ...(manager !== null && { manager }),
  ...(takeOver && { take_over: true }),
  ...(dryRun && { dry_run: true }),
});

/** One result for each declaration of the batch, in its order. With a plan it is refused as a whole unless all is as planned. */
export const sendBatch = (
  gateway: Gateway,
  batch: readonly Resolved[],
  terms: Terms,
  plan?: string,
): Promise<BulkAnswerDto> =>
  gateway.ask((base) =>
    declareBindings({ ...base, body: { ...bodyOf(batch, terms), ...(plan !== undefined && { plan }) } }),
  );

/** The batches of what is planned, each with its hash. */
export const plannedBatches = (
  resolved: readonly Resolved[],
  plans: readonly string[] | null | undefined,
): readonly (readonly [batch: readonly Resolved[], plan: string | undefined])[] => {
  const batches = batchesOf(resolved);
  if (plans && plans.length !== batches.length)
    throw new Failure(
      `--plan has ${countOf(plans.length)} hashes, and these files make ${countOf(batches.length)} requests: plan them again.`,
    );
  return batches.map((batch, nth) => [batch, plans?.[nth]]);
};

/**
 * The request that withdraws what the manager declares and no line names. It names all lines: its only item is the last one, which
 * is declared already, and `keep` has the others. So what is pruned never depends on how the lines were put into batches.
 */
export const pruneBody = (resolved: readonly Resolved[], terms: Terms & { readonly prune: PruneTerms }): BatchBody => {
  const [last, ...others] = resolved.toReversed();
  if (last === undefined)
    throw new Failure('The files declare nothing: --prune would withdraw all. Use: dialtone delete');
  if (others.length > MOST_KEPT)
    throw new Failure(
      `--prune takes up to ${countOf(MOST_KEPT + 1)} numbers at once: give each file a manager of its own.`,
    );
  const { maxPercent, force } = terms.prune;
  return {
    ...bodyOf([last], terms),
    prune: true,
    keep: others.map(({ item }) => item.number),
    ...(maxPercent !== null && { max_prune_percent: maxPercent }),
    ...(force && { force: true }),
  };
};

export const sendPrune = async (
  gateway: Gateway,
  resolved: readonly Resolved[],
  terms: Terms & { readonly prune: PruneTerms },
): Promise<readonly BulkResultDto[]> => {
  const body = pruneBody(resolved, terms);
  const pruned: BulkResultDto[] = [];
  for (let left = 1; left > 0;) {
    const answer = await gateway.ask((base) => declareBindings({ ...base, body }));
    pruned.push(...answer.pruned);
    // A request withdraws a thousand; a dry run would say the same thousand again.
    left = terms.dryRun ? 0 : answer.left;
  }
  return pruned;
};
