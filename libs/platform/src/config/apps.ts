import { adminVariables, gatewayVariables, reconcilerVariables } from './variables';
import { ConfigError, readVariables, type Environment, type ValuesOf } from './variable';

export type GatewayConfig = ValuesOf<typeof gatewayVariables>;
export type ReconcilerConfig = ValuesOf<typeof reconcilerVariables>;
export type AdminConfig = ValuesOf<typeof adminVariables>;

/** Reads the gateway's variables. Throws ConfigError with every wrong one. */
export const gatewayConfig = (env: Environment): GatewayConfig => readVariables(gatewayVariables, env);

/** Reads the reconciler's variables. Throws ConfigError with every wrong one, or with what does not fit together. */
export const reconcilerConfig = (env: Environment): ReconcilerConfig => {
  const config = readVariables(reconcilerVariables, env);
  if (config.backoffCapMs < config.backoffBaseMs) {
    const sentence = `BACKOFF_CAP_MS is ${String(config.backoffCapMs)}. It must be at least BACKOFF_BASE_MS (${String(config.backoffBaseMs)}), for example BACKOFF_CAP_MS=300000`;
    throw new ConfigError([{ variable: 'BACKOFF_CAP_MS', sentence }]);
  }
  return config;
};

/** Reads the variables of the administration commands. Throws ConfigError with every wrong one. */
export const adminConfig = (env: Environment): AdminConfig => readVariables(adminVariables, env);
