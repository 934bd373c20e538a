import { DatabaseAwayError } from '@dialtone/persistence';
import { createLogger } from '@dialtone/platform';
import { refusalOf } from './error.filter';

describe('what is logged of errors', () => {
  it('is one line a minute of a database that does not answer, and one of each defect', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ name: 'test', level: 'info', destination });
    const failWith = (error: Error, id: string) => refusalOf(error, { id, method: 'GET', url: '/a' }, logger).code;
    const away = new DatabaseAwayError('silent');
    const codes = ['1', '2', '3'].map((id) => failWith(away, id));
    expect(codes).toEqual(Array(3).fill('SERVICE_UNAVAILABLE'));
    expect(['4', '5'].map((id) => failWith(new TypeError('broken'), id))).toEqual(Array(2).fill('INTERNAL_ERROR'));
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { request_id: '1', code: 'SERVICE_UNAVAILABLE', msg: 'requests fail, because the database does not answer' },
      { request_id: '4', code: 'INTERNAL_ERROR', msg: 'request failed' },
      { request_id: '5', code: 'INTERNAL_ERROR', msg: 'request failed' },
    ]);
  });
});
