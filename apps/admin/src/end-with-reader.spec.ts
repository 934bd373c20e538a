import { EventEmitter } from 'node:events';
import { endWithReader } from './end-with-reader';

describe('output that nobody reads any more', () => {
  const failWith = (code: string): number => {
    const output = new EventEmitter();
    let exits = 0;
    endWithReader(output, () => {
      exits += 1;
    });
    output.emit('error', Object.assign(new Error(`write ${code}`), { code }));
    return exits;
  };

  it('ends the process', () => {
    expect(failWith('EPIPE')).toBe(1);
  });

  it('is no excuse for any other failure', () => {
    expect(() => failWith('ENOSPC')).toThrow('write ENOSPC');
  });
});
