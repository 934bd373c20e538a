import { setImmediate as nextTurn } from 'node:timers/promises';
import { Gathered } from './gathered';

/** What is asked, of which place; its answer is the same with a mark. */
interface Ask {
  readonly place: string;
  readonly what: string;
}

/** Groups that end when the test says so. */
const pausedWork = () => {
  const begun: { readonly asked: string; readonly end: (error?: Error) => void }[] = [];
  const gathered = new Gathered<Ask, string>(
    ({ place }) => place,
    (asks) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error): void => {
          if (error === undefined) resolve(asks.map(({ what }) => `${what}!`));
          else reject(error);
        };
        begun.push({ asked: asks.map(({ what }) => what).join(''), end });
      }),
  );
  const ask = (what: string, place = 'here'): Promise<string> => gathered.ask({ place, what });
  return { begun, ask, asked: () => begun.map(({ asked }) => asked) };
};

describe('calls that come together', () => {
  it('are answered together, each with its own answer', async () => {
    const { begun, ask, asked } = pausedWork();
    const answers = Promise.all([ask('a'), ask('b'), ask('c')]);
    await nextTurn();
    begun[0]?.end();
    expect(await answers).toEqual(['a!', 'b!', 'c!']);
    expect(asked()).toEqual(['abc']);
  });

  it('are never answered by work that began before they were asked', async () => {
    const { begun, ask, asked } = pausedWork();
    const first = ask('a');
    await nextTurn();
    const later = Promise.all([ask('b'), ask('c')]);
    await nextTurn();
    expect(asked()).toEqual(['a']);
    begun[0]?.end();
    await first;
    await nextTurn();
    expect(asked()).toEqual(['a', 'bc']);
    begun[1]?.end();
    expect(await later).toEqual(['b!', 'c!']);
  });

  it('do not wait for those of another place', async () => {
    const { begun, ask, asked } = pausedWork();
    const stuck = ask('a', 'there');
    const free = ask('b');
    await nextTurn();
    begun[asked().indexOf('b')]?.end();
    expect(await free).toBe('b!');
    begun[asked().indexOf('a')]?.end();
    expect(await stuck).toBe('a!');
  });

  it('are asked one by one when they fail together, so that one fails alone', async () => {
    const gathered = new Gathered<string, string>(
      () => 'here',
      (asks) => (asks.includes('bad') ? Promise.reject(new Error('refused')) : Promise.resolve(asks)),
    );
    const answers = await Promise.allSettled(['a', 'bad', 'b'].map((ask) => gathered.ask(ask)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it.each([
    { code: 'ECONNREFUSED', times: 1, why: 'the database is away' },
    { code: '57014', times: 3, why: 'a row of one of them is locked' },
  ])('are asked $times times when $why', async ({ code, times }) => {
    let asked = 0;
    const gathered = new Gathered<string, string>(
      () => 'here',
      () => {
        asked += 1;
        return Promise.reject(Object.assign(new Error('no'), { code }));
      },
    );
    const answers = await Promise.allSettled([gathered.ask('a'), gathered.ask('b')]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toBe(times);
  });

  it('begin anew after a pause', async () => {
    const { begun, ask } = pausedWork();
    for (const [nth, what] of ['a', 'b'].entries()) {
      const answer = ask(what);
      await nextTurn();
      begun[nth]?.end();
      expect(await answer).toBe(`${what}!`);
      await nextTurn();
    }
  });
});
