import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

describe('what is sealed', () => {
  it('is sealed and opened by the list of sealed columns alone, so that a change of keys reaches it', () => {
    const files = globSync('**/*.ts', { cwd: __dirname }).filter((file) => !file.endsWith('spec.ts'));
    const users = files.filter((file) => /\.(en|de)crypt\(/.test(readFileSync(join(__dirname, file), 'utf8')));
    expect(users).toEqual(['sealed-columns.ts']);
  });
});
