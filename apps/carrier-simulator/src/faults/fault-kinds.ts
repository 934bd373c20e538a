/** What may become of a request to a carrier. */
export const REQUEST_FAULTS = [
  'latency',
  'status',
  'refused',
  'rate_limit',
  'html',
  'success_false',
  'timeout_before',
  'timeout_after',
  'reset_before',
  'reset_after',
  'callback_before_answer',
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** What may become of a callback. */
export const CALLBACK_FAULTS = [
  'callback_never',
  'callback_twice',
  'callback_late',
  'callback_out_of_order',
  'callback_forged',
] as const;
export type CallbackFault = (typeof CALLBACK_FAULTS)[number];

export const FAULT_KINDS = [...REQUEST_FAULTS, ...CALLBACK_FAULTS] as const;
