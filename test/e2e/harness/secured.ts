/** How an app reaches the servers of the test run over TLS: with a login to the broker, and the certificate of both verified. */
interface SecuredAccess {
  /** Of DATABASE_URL. */
  readonly databaseQuery: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Whether every system of the run is to: `TEST_SECURED=true npm test -- --selectProjects e2e`. */
// eslint-disable-next-line no-restricted-syntax -- a setting of the test, not of Dialtone
export const isSecuredRun = process.env['TEST_SECURED'] === 'true';

export const securedAccess = (): SecuredAccess => {
  // eslint-disable-next-line no-restricted-syntax -- how Jest's global set-up hands its result to the workers
  const access = process.env['TEST_SECURED_ACCESS'];
  if (access === undefined)
    throw new Error(
      'Servers that TEST_DATABASE_URL or TEST_KAFKA_BROKERS name are not reached over TLS: leave both out, then Jest starts its own.',
    );
  return JSON.parse(access) as SecuredAccess;
};
