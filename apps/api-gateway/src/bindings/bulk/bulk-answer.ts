import type { DidKey } from '@dialtone/domain';
import type { WithdrawalDecision } from '@dialtone/engine';
import type { AskedItem, ItemResult } from '@dialtone/persistence';
import type { ApiError } from '../../http/errors/api-error';
import { notDeclared, refusalOf } from '../declaration-refusal';
import type { BulkAnswerDto, BulkOutcome, BulkResultDto, BulkSummaryDto } from './bulk.dto';

export const refusedRow = (index: number, key: DidKey | null, refusal: ApiError): BulkResultDto => {
  const [detail] = refusal.details;
  return {
    index,
    key,
    result: 'refused',
    code: refusal.code,
    ...(detail !== undefined && { field: detail.field }),
    reason: refusal.message,
  };
};

export const declaredRow = (index: number, { key, spec }: AskedItem, result: ItemResult): BulkResultDto =>
  'generation' in result && result.kind !== 'precondition_failed'
    ? { index, key, result: result.kind, generation: result.generation }
    : refusedRow(index, key, refusalOf(key, spec.clientId, result));

export const withdrawnRow = (index: number, key: DidKey, result: WithdrawalDecision): BulkResultDto => {
  if (result.kind === 'removed') return { index, key, result: 'withdrawn' };
  if (result.kind === 'releasing') return { index, key, result: 'withdrawn', releasing: result.releasing };
  return refusedRow(index, key, result.kind === 'not_found' ? notDeclared(key) : refusalOf(key, null, result));
};

export const summaryOf = (rows: readonly BulkResultDto[]): BulkSummaryDto => {
  const counts: Record<BulkOutcome, number> = {
    created: 0,
    updated: 0,
    unchanged: 0,
    withdrawn: 0,
    refused: 0,
  };
  for (const { result } of rows) counts[result] += 1;
  return counts;
};

export const answerOf = (
  applied: boolean,
  results: readonly BulkResultDto[],
  pruned: readonly BulkResultDto[],
  left = 0,
): BulkAnswerDto => ({ applied, summary: summaryOf([...results, ...pruned]), results, pruned, left });
