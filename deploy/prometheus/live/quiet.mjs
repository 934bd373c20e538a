/** Queries that bring nothing while all is well, each with why; any other must bring something when it is asked. */
export const EMPTY_WHEN_ALL_IS_WELL = new Map([
  ['alert DialtoneNoReplica', 'asks for what is absent'],
  ['alert DialtoneStateUnknown', 'asks for what is absent'],
  ['alert DialtoneNumbersFlapping', 'no advisory FLAPPING'],
  ['record dialtone_api:http_errors:increase1h', 'no 5xx that is our own'],
  ['record dialtone_api:http_errors:increase6h', 'no 5xx that is our own'],
  ['alert DialtoneApiErrorsFastBurn', 'no 5xx that is our own'],
  ['alert DialtoneApiErrorsSlowBurn', 'no 5xx that is our own'],
  ['alert DialtoneCallbacksRefused', 'no carrier calls back'],
  ['gateway.json / Calls asked for, by carrier / A', 'no call is started'],
  ['gateway.json / Calls that ended, by carrier / A', 'no call is started'],
  ['gateway.json / Length of completed calls / A', 'no call ends'],
  ['events.json / How long receivers take / A', 'no webhook'],
  ['events.json / How long receivers take / B', 'no webhook'],
]);
