import { expect, test } from '@jest/globals';
import { anyAddress, loopback } from '../../src/model/ports/address.ts';
import { createFreePorts } from '../../src/planner/next-free-port.ts';

test('finds the next free port upwards', () => {
  const taken = new Set([8000, 8001, 8003]);
  const { next } = createFreePorts((port) => !taken.has(port));

  expect(next(8000, 8010, 'tcp', anyAddress)).toBe(8002);
  taken.add(8002);
  expect(next(8000, 8010, 'tcp', anyAddress)).toBe(8004);
  expect(next(8000, 8003, 'tcp', anyAddress)).toBeUndefined();
});

test('goes to the last port and not beyond', () => {
  const { next } = createFreePorts((port) => port === 65_535);

  expect(next(65_000, 65_535, 'tcp', anyAddress)).toBe(65_535);
  expect(next(65_000, 65_534, 'tcp', anyAddress)).toBeUndefined();
  expect(createFreePorts(() => false).next(1, 65_535, 'tcp', anyAddress)).toBeUndefined();
});

test('keeps protocols and addresses apart', () => {
  const { next } = createFreePorts(
    (port, protocol, address) => port > 8000 || protocol === 'udp' || address === loopback,
  );

  expect(next(8000, 8010, 'tcp', anyAddress)).toBe(8001);
  expect(next(8000, 8010, 'udp', anyAddress)).toBe(8000);
  expect(next(8000, 8010, 'tcp', loopback)).toBe(8000);
});

test('does not ask twice for a port that was taken', () => {
  let asked = 0;
  const taken = new Set<number>();
  const { next } = createFreePorts((port) => {
    asked += 1;
    return !taken.has(port);
  });
  for (let count = 0; count < 5000; count += 1) {
    taken.add(next(8000, 65_535, 'tcp', anyAddress) ?? 0);
  }

  expect([...taken].at(-1)).toBe(12_999);
  expect(asked).toBeLessThanOrEqual(10_000);
});
