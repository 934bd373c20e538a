import { createLogger, createRegistry, gatewayConfig, registerBuildInfo, runMain } from '@dialtone/platform';
import { createGateway } from './create-gateway';
import { StoresModule } from './stores/stores.module';

runMain('api-gateway', async (env) => {
  const config = gatewayConfig(env);
  const logger = createLogger({ name: 'api-gateway', level: config.logLevel });
  const registry = createRegistry();
  registerBuildInfo(registry, { app: 'api-gateway', revision: config.buildRevision });
  const app = await createGateway(StoresModule.over(config, logger, registry), { logger, registry });
  // Ends with code 0: otherwise Nest sends the signal to this process again, and an orderly stop looks like a crash.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.listen(config.port, config.host);
  const url = await app.getUrl();
  logger.info({ url, docs_url: `${url}/docs`, metrics_url: `${url}/metrics` }, `listening on ${url}`);
});
