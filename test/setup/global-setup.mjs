import { startTestServices } from './services.mjs';

/** Runs once per `jest`, and only when a test that needs services is selected. The workers inherit the environment. */
export default async function globalSetup() {
  const say = (line) => process.stdout.write(`${line}\n`);
  const started = Date.now();
  const services = await startTestServices(say);
  process.env.TEST_DATABASE_URL = services.databaseUrl;
  process.env.TEST_KAFKA_BROKERS = services.brokers;
  if (services.secured !== null) process.env.TEST_SECURED_ACCESS = JSON.stringify(services.secured);
  globalThis.dialtoneTestServices = services;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  say(`Test services: PostgreSQL ${new URL(services.databaseUrl).host}, Kafka ${services.brokers} (${seconds} s)`);
}
