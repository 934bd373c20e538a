import {
  phoneNumberOf,
  planDifferences,
  type DidKey,
  type NumberedBasis,
  type PlanDifference,
  type PlanPart,
} from '@dialtone/domain';
import { ApiError, type ErrorDetail } from '../../http/errors/api-error';

/** What a part is to people. The steps follow from the others, or from what keeps writes back. */
const WORDS: Readonly<Record<PlanPart, string>> = {
  asked: 'what is asked for',
  declaration: 'its declaration',
  did: 'what VoiceLink lists of its purchase',
  bots: 'the bots of its client',
  routing: 'its call routing',
  inventory: 'its row in the local inventory',
  steps: 'what may be done now',
};

const sentenceOf = ({ kind, parts }: PlanDifference): string => {
  switch (kind) {
    case 'added':
      return 'is in the request, and not in the plan';
    case 'missing':
      return 'is in the plan, and not in the request';
    case 'changed': {
      const told = parts.length > 1 ? parts.filter((part) => part !== 'steps') : parts;
      return `has changed since it was planned: ${told.map((part) => WORDS[part]).join(', ')}`;
    }
  }
};

const isNumber = (key: string): boolean => /^\d+$/.test(key);

const detailOf = (difference: PlanDifference, places: ReadonlyMap<string, number>): ErrorDetail => {
  const { key } = difference;
  const index = places.get(key);
  const name = isNumber(key) ? phoneNumberOf(key as DidKey) : 'An item that is refused';
  const field = index === undefined ? (isNumber(key) ? 'plan' : key) : `items[${String(index)}]`;
  return { field, message: `${name} ${sentenceOf(difference)}.` };
};

const NEXT = 'Nothing was done. Plan again, look at it, and apply the new hash.';

/** `planned` null: what the plan stood on is not known any more. `places` has the index of each number in the request. */
export const planStale = (
  planned: readonly NumberedBasis[] | null,
  now: readonly NumberedBasis[],
  places: ReadonlyMap<string, number>,
): ApiError => {
  if (planned === null) {
    const message =
      'This is not the hash of what would be done now, nor of a plan of the last day, so what has changed is not known.';
    return new ApiError('PLAN_STALE', `${message} ${NEXT}`, { details: [{ field: 'plan', message }] });
  }
  const differences = planDifferences(planned, now);
  return new ApiError(
    'PLAN_STALE',
    `${String(differences.length)} of the ${String(planned.length)} planned numbers are not as they were planned. ${NEXT}`,
    { details: differences.map((one) => detailOf(one, places)) },
  );
};
