export * from './health-registry';
export { operationsModule } from './operations.module';
