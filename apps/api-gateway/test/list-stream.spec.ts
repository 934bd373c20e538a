import { setImmediate as nextTurn } from 'node:timers/promises';
import { success } from '../src/http/envelope';
import { collected, mapLazily, streamLists } from '../src/http/list-stream';

interface Answer {
  readonly first: readonly { readonly n: number; readonly text: string }[];
  readonly none: readonly string[];
  readonly last: readonly string[];
}

const TEXT = 'quoted "text", Größe, 📞,\u2028\n';
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const rowOf = (n: number) => ({ n, text: TEXT, left: undefined });
const streamOf = (count: number) =>
  streamLists<Answer>({ first: mapLazily(numbers(count), rowOf), none: [], last: ['x', 'y'] });

describe('an answer of lists', () => {
  it.each([0, 1, 99, 100, 101, 1_000])('is the same text as in one piece, with %d rows', async (count) => {
    const whole = success({ first: numbers(count).map(rowOf), none: [], last: ['x', 'y'] });
    expect((await collected(streamOf(count))).text).toBe(JSON.stringify(whole));
  });

  it('lets others run between its rows', async () => {
    let turns = 0;
    const others = new AbortController();
    const counting = (async () => {
      for (; !others.signal.aborted; turns += 1) await nextTurn();
    })();
    await collected(streamOf(2_000));
    others.abort();
    await counting;
    expect(turns).toBeGreaterThanOrEqual(20);
  });

  it('makes no more rows than somebody reads', async () => {
    let made = 0;
    const counted = (n: number) => {
      made += 1;
      return rowOf(n);
    };
    const answer = streamLists<Answer>({ first: mapLazily(numbers(100_000), counted), none: [], last: [] });
    const stream = answer.getStream();
    for await (const chunk of stream) {
      expect(String(chunk)).toMatch(/^\{"success":true,"data":\{"first":\[\{"n":0,/);
      break;
    }
    expect(made).toBeLessThan(10_000);
    expect(stream.destroyed).toBe(true);
  });

  it('can be kept and answered again, under the same type', async () => {
    const { text, again } = await collected(streamOf(150));
    expect(again.getHeaders().type).toBe('application/json; charset=utf-8');
    expect((await collected(again)).text).toBe(text);
  });
});
