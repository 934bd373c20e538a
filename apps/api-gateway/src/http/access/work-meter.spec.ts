import { WorkMeter } from './work-meter';

const burn = (ms: number): void => {
  const until = process.cpuUsage().user + ms * 1_000;
  while (process.cpuUsage().user < until);
};

describe('the meter of a request', () => {
  it('tells what the database took beyond what is short, once', () => {
    const meter = new WorkMeter(10);
    meter.tookDatabase(8);
    expect(meter.take()).toBe(0);
    meter.tookDatabase(8);
    expect(meter.take()).toBe(6);
    expect(meter.take()).toBe(0);
    meter.tookDatabase(5);
    expect(meter.take()).toBe(5);
  });

  it('takes a connection that is kept for long for one that waits for a lock', () => {
    const meter = new WorkMeter(0);
    meter.tookDatabase(30_000);
    expect(meter.take()).toBe(250);
  });

  it('counts the thread from the turn of the request until it is left', () => {
    const meter = new WorkMeter(0);
    burn(20);
    meter.end();
    expect(meter.take()).toBe(0);
    meter.begin();
    burn(20);
    meter.end();
    const counted = meter.take();
    expect(counted).toBeGreaterThan(5);
    burn(20);
    meter.end();
    expect(meter.take()).toBe(0);
  });
});
