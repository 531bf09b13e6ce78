import { expect, it } from 'vitest';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';

it('stands still until it is advanced', async () => {
  const clock = new VirtualClock(1_000);

  expect(clock.now()).toBe(1_000);
  await clock.advance(250);
  expect(clock.now()).toBe(1_250);
});

it('wakes sleepers in order of their time, then of their calls', async () => {
  const clock = new VirtualClock();
  const woken: string[] = [];
  const sleepAs = async (name: string, durationMs: number) => {
    await clock.sleep(durationMs);
    woken.push(`${name}@${clock.now()}`);
  };
  const all = [sleepAs('c', 30), sleepAs('a', 10), sleepAs('b', 10), sleepAs('z', 99)];

  await clock.advance(30);

  expect(woken).toEqual(['a@10', 'b@10', 'c@30']);
  expect(clock.sleeperCount).toBe(1);
  await clock.advance(100);
  await Promise.all(all);
  expect(woken.at(-1)).toBe('z@99');
});

it('gives a loop of short sleeps all its turns', async () => {
  const clock = new VirtualClock();
  const turnsAtMs: number[] = [];
  const loop = (async () => {
    for (let turn = 0; turn < 4; turn++) {
      await clock.sleep(5);
      turnsAtMs.push(clock.now());
    }
  })();

  await clock.advance(17);

  expect(turnsAtMs).toEqual([5, 10, 15]);
  await clock.advance(3);
  await loop;
  expect(turnsAtMs).toEqual([5, 10, 15, 20]);
});

it('fails when time would run backwards', async () => {
  const clock = new VirtualClock();

  await expect(clock.advance(-1)).rejects.toThrow(RangeError);
  expect(() => clock.sleep(-1)).toThrow(RangeError);
});
