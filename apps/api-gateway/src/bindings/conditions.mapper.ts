import type { Condition } from '@dialtone/engine';
import type { Fields } from '../http/errors/envelope';
import type { ConditionDto } from './conditions.dto';

export const toCondition = (condition: Condition): Fields<ConditionDto> => ({
  type: condition.type,
  status: condition.status,
  reason: condition.reason,
  message: condition.message,
  observed_generation: condition.observedGeneration,
  last_transition_time: new Date(condition.lastTransitionAt).toISOString(),
});
