export { LoopbackServer, type LoopbackAnswer, type ReceivedRequest } from './loopback-server';
export { NOT_PUBLIC } from './not-public';
export { describePublicOnly } from './public-only.contract';
