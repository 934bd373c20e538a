import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { type Logger, pino, stdTimeFunctions } from 'pino';
import { parseReceivers } from './settings/receivers';
import { readSettings, type Settings } from './settings/settings';
import { SettingsError } from './settings/settings-error';
import { startNotifier } from './start-notifier';

/** EX_CONFIG of sysexits.h: supervisors can tell "mend the configuration" from "crashed". */
const EXIT_CONFIG = 78;

/** JSON lines, as the other services write them. */
const createLog = (level: Settings['LOG_LEVEL']): Logger =>
  pino({
    level,
    base: { app: 'drift-notifier', pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });

const receiversText = ({ RECEIVERS: text, RECEIVERS_FILE: path }: Settings): string => {
  if (text !== '') return text;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError([
      `RECEIVERS_FILE cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    ]);
  }
};

const main = async (): Promise<void> => {
  const settings = readSettings(process.env);
  const file = parseReceivers(receiversText(settings));
  const log = createLog(settings.LOG_LEVEL);
  const app = await startNotifier(settings, file, log);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  log.info(
    { url: await app.getUrl(), receivers: file.receivers.map(({ name }) => name) },
    'The drift notifier is running',
  );
};

main().catch((error: unknown) => {
  const log = createLog('info');
  if (error instanceof SettingsError) log.fatal({ problems: error.problems }, 'The configuration is wrong');
  else log.fatal({ err: error }, 'The drift notifier failed');
  process.exit(error instanceof SettingsError ? EXIT_CONFIG : 1);
});
