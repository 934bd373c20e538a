import { passOnList } from './upstream-body';

describe('passOnList', () => {
  it('lets others run while a long list is passed on, and loses none of it', async () => {
    const rows = Array.from({ length: 4_500 }, (_, id) => ({ id, api_token: 'x' }));
    let turns = 0;
    const immediates = (): void => {
      turns += 1;
      next = setImmediate(immediates);
    };
    let next = setImmediate(immediates);
    const passedOn = await passOnList({ status: true, data: { data: rows, total: 4_500 } }, []);
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(4);
    const data = rows.map(({ id }) => ({ id, api_token: '[redacted]' }));
    expect(passedOn).toEqual({ status: true, data, total: 4_500 });
  });
});
