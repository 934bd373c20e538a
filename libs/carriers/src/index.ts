export type {
  AnswerDocument,
  CallbackKeys,
  CallbackRequest,
  CallbackSpec,
  Handover,
  HeardCall,
  Proof,
} from './callbacks/callback';
export { fieldsOf } from './callbacks/read-fields';
export { CALLERS_BACK, callbacksOf, Carriers, carrierInfo, type CallerBack, type CarriersOptions } from './carriers';
export type { SipGateway } from './carrier-spec';
export { EXOTEL_HOSTS } from './exotel/exotel';
export { judgeAccess, type AccessVerdict } from './judge-access';
export { inboundTargetOf } from './pointing/inbound-address';
export { POINTING_CARRIERS, type InboundTarget, type Pointer, type PointingCarrier } from './pointing/pointing';
export { lookBeforePointing, takePointingTurn, type PointingNote, type PointingPlan } from './pointing/pointing-turn';
export {
  CARRIER_NAMES,
  type CallOrder,
  type CallReading,
  type Carrier,
  type CarrierAccess,
  type CarrierFailure,
  type CarrierName,
  type Ending,
  type ListedNumber,
  type NumberListing,
  type Placement,
  type Verdict,
} from './port';
