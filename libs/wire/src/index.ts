export { BoundedAnswer } from './bounded-answer';
export { type WireAnswer } from './exchange';
export { Exchanges } from './exchanges';
export { guardedConnector, resolveBySystem, type Resolve } from './guarded-connector';
export { describeAnswer, parseJson } from './json-answer';
export { PublicNetwork } from './public-network';
export { ReceivedBody } from './received-body';
export { retryAfterMs } from './retry-after';
export { excerptOf, shapeOf } from './shape-of';
