import type { ApiPropertyOptions } from '@nestjs/swagger';
import { RISKS } from '@dialtone/domain';
import { HASH_LENGTH } from './plan-hash';

export const PLAN_HASH = '9d1f0c6b2a7e4853b0c4d86a915e27f3';

/** What every plan has, of one number and of many. */
export const HASH = {
  type: String,
  pattern: `^[0-9a-f]{${String(HASH_LENGTH)}}$`,
  description:
    'Of the declarations, their generations and what was observed: the same as long as these are. `plan` of `bindings:batch` and of a PUT takes it.',
  example: PLAN_HASH,
} as const satisfies ApiPropertyOptions;

export const RISK = {
  enum: [...RISKS],
  description:
    '`none`: nothing is done. `low`: what is missing is added, and nothing that works is touched. `medium`: it cannot be taken back, or takes the number from another agent. `high`: it replaces, or takes away, a call target that may be in use.',
  example: 'low',
} as const satisfies ApiPropertyOptions;

export const CALLS = {
  type: 'integer',
  description:
    'Requests that change something at VoiceLink. A bot that several numbers of a client get counts with the first.',
  example: 1,
} as const satisfies ApiPropertyOptions;

export const SECONDS = {
  type: 'integer',
  description:
    'So long the rate budget takes at least for the calls, when it has nothing else to do. Lists are read beside them.',
  example: 0,
} as const satisfies ApiPropertyOptions;
