export * from './event-filter';
export * from './webhook-filter';
export * from './webhook-events';
export { attemptOf, type WebhookPatience } from './next-turn';
export * from './webhook-deliveries';
