import { describe, expect, test } from '@jest/globals';
import type { Assignment } from '../../src/model/findings/plan.ts';
import { toHostAddress } from '../../src/model/ports/address.ts';
import { toPort } from '../../src/model/ports/port.ts';
import {
  describeLoss,
  jitterRanges,
  type PortPlan,
  type RetryRequest,
  retryOnLostPort,
} from '../../src/runner/retry-on-lost-port.ts';

const address = toHostAddress('127.0.0.1');

function assignment(port: number): Assignment {
  return {
    publish: {
      ...{ hostIp: address, address, target: 80, protocol: 'tcp', mode: 'ingress' },
      origin: { kind: 'argument', text: '80' },
    },
    ...{ address, port: toPort(port), choice: 'chosen', reason: '' },
  };
}

/** Plans from port 8080 on, one port higher for each lost one. */
function requestFrom(more: Partial<RetryRequest> = {}): RetryRequest {
  return {
    firstPlan: { assignments: [assignment(8080)] },
    plan: async (unavailable) => ({ assignments: [assignment(8080 + unavailable.length)] }),
    ...more,
  };
}

/** A start that succeeds from `freePort` on, and returns its port. */
function startFrom(freePort: number, maxAttempts: number) {
  return {
    maxAttempts,
    start: async ({ assignments: [first] }: PortPlan) => first?.port ?? 0,
    findLost: async (port: number, { assignments }: PortPlan) =>
      port < freePort ? assignments : [],
  };
}

describe('retryOnLostPort', () => {
  test('returns the first attempt when no port is lost', async () => {
    const { outcome, attempts } = await retryOnLostPort(requestFrom(), startFrom(8080, 3));

    expect({ outcome, attempts }).toEqual({ outcome: 8080, attempts: 1 });
  });

  test('plans without all endpoints that were lost', async () => {
    const unavailable: unknown[] = [];
    const request = requestFrom({
      plan: async (endpoints) => {
        unavailable.push([...endpoints]);
        return { assignments: [assignment(8080 + endpoints.length)] };
      },
    });
    const { plan, attempts } = await retryOnLostPort(request, startFrom(8082, 3));

    expect(attempts).toBe(3);
    expect(plan.assignments.map(({ port }) => port)).toEqual([8082]);
    expect(unavailable).toEqual([
      [{ address, port: 8080, protocol: 'tcp' }],
      [
        { address, port: 8080, protocol: 'tcp' },
        { address, port: 8081, protocol: 'tcp' },
      ],
    ]);
  });

  test('reports the lost ports and those that replace them', async () => {
    const reported: string[] = [];
    const request = requestFrom({
      firstPlan: { assignments: [assignment(8080), assignment(9000)] },
      plan: async () => ({ assignments: [assignment(8081), assignment(9000)] }),
      onLost: (lost, replacements) => reported.push(describeLoss(lost, replacements)),
    });
    await retryOnLostPort(request, {
      ...{ maxAttempts: 2, start: async () => 'failed' },
      findLost: async (_outcome, { assignments }) => assignments.slice(0, 1),
    });

    expect(reported).toEqual(['port 8080 was taken in the meantime; trying 8081']);
  });

  test('returns the last failed attempt after maxAttempts, without looking for its lost ports', async () => {
    const searched: number[] = [];
    const { outcome, attempts } = await retryOnLostPort(requestFrom(), {
      ...startFrom(9000, 3),
      findLost: async (port, { assignments }) => {
        searched.push(port);
        return assignments;
      },
    });

    expect({ outcome, attempts, searched }).toEqual({
      ...{ outcome: 8082, attempts: 3, searched: [8080, 8081] },
    });
  });

  test('starts no further attempt after an abort', async () => {
    const controller = new AbortController();
    const started: number[] = [];
    const attempt = retryOnLostPort(requestFrom({ signal: controller.signal }), {
      ...startFrom(9000, 3),
      start: async ({ assignments: [first] }) => {
        started.push(first?.port ?? 0);
        controller.abort(new Error('interrupted'));
        return first?.port ?? 0;
      },
    });

    await expect(attempt).rejects.toThrow('interrupted');
    expect(started).toEqual([8080]);
  });
});

test('jitterRanges covers each lost port and at most 7 ports above it', () => {
  const lost = [8080, 65_535].map((port) => ({
    ...{ address, port: toPort(port), protocol: 'tcp' as const },
  }));
  for (let round = 0; round < 100; round += 1) {
    const [range, highest] = jitterRanges(lost);

    expect(range?.first).toBe(8080);
    expect(range?.last).toBeGreaterThanOrEqual(8080);
    expect(range?.last).toBeLessThanOrEqual(8087);
    expect(highest).toEqual({ first: 65_535, last: 65_535 });
  }
});
