import type { ApiPropertyOptions } from '@nestjs/swagger';
import {
  BINDING_MODES,
  LABEL_VALUE_PATTERN,
  labelsFault,
  MANAGER_PATTERN,
  MAX_LABELS,
  RELEASE_POLICIES,
} from '@dialtone/domain';
import type { Kind } from '../http/input/field';
import { boolean, choice, integer, matching, MAX_ID, text, uuid, webSocketUrl } from '../http/input/kinds';

const MAX_VALUE = 63;

export const LABELS_SCHEMA = {
  type: 'object',
  additionalProperties: { type: 'string', pattern: LABEL_VALUE_PATTERN, maxLength: MAX_VALUE },
  maxProperties: MAX_LABELS,
} as const satisfies ApiPropertyOptions;

const labels: Kind = {
  schema: LABELS_SCHEMA,
  mustBe: `an object of at most ${String(MAX_LABELS)} labels`,
  isValid: (value) => labelsFault(value) === null,
  faultOf: labelsFault,
};

const manager: Kind = matching({
  pattern: new RegExp(MANAGER_PATTERN),
  mustBe: 'a name of 1 to 63 letters, digits, "-", "_" and ".", which begins and ends with a letter or digit',
  minLength: 1,
  maxLength: MAX_VALUE,
});

/** The fields of a declaration, for a single one and for each of many. Null is the same as omission, but for `agent_id`. */
export const DECLARED_KINDS = {
  agent_id: uuid(),
  client_id: integer({ min: 1, max: MAX_ID }),
  bot_name: text(100),
  websocket_url: webSocketUrl,
  mode: choice(BINDING_MODES),
  release: choice(RELEASE_POLICIES),
  labels,
  manager,
  take_over: boolean,
} as const satisfies Readonly<Record<string, Kind>>;
