import 'reflect-metadata';
import { adminConfig, runMain } from '@dialtone/platform';
import { endWithReader } from './end-with-reader';
import { explain } from './explain';
import { adminProgram } from './program';

endWithReader(process.stdout, () => process.exit());
runMain(
  'admin',
  async (env) => {
    try {
      await adminProgram(() => adminConfig(env), env).parseAsync();
    } catch (error) {
      const sentence = explain(error);
      if (sentence === null) throw error;
      process.stderr.write(`${sentence}\n`);
      process.exitCode = 1;
    }
  },
  { failures: 'text' },
);
