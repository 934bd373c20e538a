export { InMemoryVoiceLink, type InMemoryVoiceLinkOptions, type JournaledCall } from './in-memory-voicelink';
export { inboundMobileOf } from './remote-records';
export { OddRows, type OddRow } from './odd-rows';
export { RemoteWorld, type WriteOperation } from './remote-world';
export { describeVoiceLinkAccount } from './voicelink-account.contract';
export type { VoiceLinkFault } from './voicelink-faults';
export type { FreeDid, VoiceLinkHarness } from './voicelink-harness';
export * from './gated-account';
