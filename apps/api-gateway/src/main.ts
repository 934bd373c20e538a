import {
  createRegistry,
  gatewayConfig,
  registerBuildInfo,
  runMain,
  withEnding,
  type HealthRegistry,
} from '@dialtone/platform';
import { openLogsAndTraces } from '@dialtone/runtime';
import { createGateway } from './create-gateway';
import { addressesOf, listenOn } from './http/server/listen-on';
import { createOperationsServer } from './operations-server';
import { StoresModule } from './outside/stores.module';
import { HEALTH } from './outside/tokens';

runMain('api-gateway', async (env) => {
  const config = gatewayConfig(env);
  const { logger, tracing } = await openLogsAndTraces(config, 'api-gateway');
  const registry = createRegistry();
  registerBuildInfo(registry, { app: 'api-gateway', revision: config.buildRevision });
  const outside = withEnding(StoresModule.over(config, logger, registry), () => tracing.close());
  const app = await createGateway(outside, { logger, registry });
  // Ends with code 0: otherwise Nest sends the signal to this process again, and an orderly stop looks like a crash.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  const operations = await createOperationsServer({ health: app.get<HealthRegistry>(HEALTH), registry, logger });
  await listenOn(app, config.port, await addressesOf(config.host));
  await operations.listen(config.metricsPort, config.metricsHost);
  const [url, operationsUrl] = await Promise.all([app.getUrl(), operations.getUrl()]);
  logger.info({ url, docs_url: `${url}/docs`, metrics_url: `${operationsUrl}/metrics` }, `listening on ${url}`);
});
