import 'reflect-metadata';
import { adminConfig, runMain } from '@dialtone/platform';
import { CommandError } from './commands/with-stores';
import { adminProgram } from './program';

runMain('admin', async (env) => {
  try {
    await adminProgram(() => adminConfig(env), env).parseAsync();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
});
