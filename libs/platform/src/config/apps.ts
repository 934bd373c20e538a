import { expectKafkaAccess } from './kafka-access';
import { adminVariables, gatewayVariables, reconcilerVariables } from './variables';
import { ConfigError, readVariables, type Environment, type ValuesOf } from './variable';

export type GatewayConfig = ValuesOf<typeof gatewayVariables>;
export type ReconcilerConfig = ValuesOf<typeof reconcilerVariables>;
export type AdminConfig = ValuesOf<typeof adminVariables>;

/** Metrics and health are where the process listens otherwise, unless they have an address of their own. */
const withMetricsHost = <C extends { readonly host: string; readonly metricsHost: string }>(config: C): C =>
  Object.freeze({ ...config, metricsHost: config.metricsHost === '' ? config.host : config.metricsHost });

type SipGatewayConfig = Pick<GatewayConfig, 'sipGatewayUrl' | 'sipGatewayAccount' | 'sipGatewayKey'>;

/** A gateway without an account or a key would refuse each call. */
const withWholeGateway = <C extends SipGatewayConfig>(config: C): C => {
  if (config.sipGatewayUrl === null) return config;
  const missing = [
    ...(config.sipGatewayAccount === '' ? ['SIP_GATEWAY_ACCOUNT'] : []),
    ...(config.sipGatewayKey === null ? ['SIP_GATEWAY_KEY'] : []),
  ];
  if (missing.length === 0) return config;
  throw new ConfigError(
    missing.map((variable) => ({
      variable,
      sentence: `${variable} is missing. SIP_GATEWAY_URL needs it, for example ${variable}=9351f46a-678c-43f5-b8a6-d4eb58d131af`,
    })),
  );
};

/** Reads the gateway's variables. Throws ConfigError with every wrong one, or with what does not fit together. */
export const gatewayConfig = (env: Environment): GatewayConfig =>
  withWholeGateway(withMetricsHost(readVariables(gatewayVariables, env)));

/** Reads the reconciler's variables. Throws ConfigError with every wrong one, or with what does not fit together. */
export const reconcilerConfig = (env: Environment): ReconcilerConfig => {
  const config = withWholeGateway(withMetricsHost(readVariables(reconcilerVariables, env)));
  expectKafkaAccess(config);
  if (config.backoffCapMs < config.backoffBaseMs) {
    const sentence = `BACKOFF_CAP_MS is ${String(config.backoffCapMs)}. It must be at least BACKOFF_BASE_MS (${String(config.backoffBaseMs)}), for example BACKOFF_CAP_MS=300000`;
    throw new ConfigError([{ variable: 'BACKOFF_CAP_MS', sentence }]);
  }
  return config;
};

/** Reads the variables of the administration commands. Throws ConfigError with every wrong one. */
export const adminConfig = (env: Environment): AdminConfig => {
  const config = readVariables(adminVariables, env);
  expectKafkaAccess(config);
  const migrationDatabaseUrl = config.migrationDatabaseUrl === '' ? config.databaseUrl : config.migrationDatabaseUrl;
  return Object.freeze({ ...config, migrationDatabaseUrl });
};
