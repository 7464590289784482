import { describe, expect, test } from '@jest/globals';
import { PortplanError } from '../../../src/errors.ts';
import {
  type PublishGrammar,
  parsePublish,
  parsePublishFlag,
  publishGrammars,
} from '../../../src/model/ports/parse-publish.ts';
import { formatPublish, type Publish } from '../../../src/model/ports/publish.ts';
import { type NormalPort, type SpecAnswer, vectors } from '../../vectors.ts';

const specs = vectors.portSpecs.filter(
  ({ context }) => context === 'short' || context === 'cli-kv',
);

describe('the syntax of docker run -p', () => {
  test.each(specs.map((vector) => [`${vector.id} ${vector.input}`, vector] as const))(
    '%s',
    (_name, vector) => expect(parseToAnswer(vector.input)).toEqual(expected(vector)),
  );

  test.each(
    specs.flatMap((vector) =>
      (
        [
          ['0.4', vector.goConnections040],
          ['0.5', vector.goConnections050],
        ] as const
      ).flatMap(([version, answer]) =>
        answer === undefined
          ? []
          : [
              [
                `${vector.id} ${vector.input} in go-connections ${version}`,
                vector.input,
                version,
                answer,
              ] as const,
            ],
      ),
    ),
  )('%s', (_name, input, version, answer) => {
    expect(parseToAnswer(input, publishGrammars[`go-connections ${version}`])).toEqual(
      expected(answer),
    );
  });

  test('the grammar of go-connections 0.5 accepts container port 0', () => {
    expect(
      parsePublish('8080:0', { grammar: publishGrammars['go-connections 0.5'] })[0]?.target,
    ).toBe(0);
  });
});

test('the key=value form returns the keys that docker ignores', () => {
  const { publishes, ignored } = parsePublishFlag(
    'published=8080,target=80,host_ip=127.0.0.1,mode=host',
  );
  expect(ignored).toEqual(['host_ip', 'mode']);
  expect(publishes.map(formatPublish)).toEqual(['8080:80']);
});

test.each([
  ['8080:80', '8080:80'],
  ['80', '80'],
  ['127.0.0.1::53/UDP', '127.0.0.1::53/udp'],
  ['::1:8000-8010:80', '[::1]:8000-8010:80'],
  ['[::ffff:127.0.0.1]:80:80', '127.0.0.1:80:80'],
])('the publish %s is formatted as %s', (text, written) => {
  expect(parsePublish(text).map(formatPublish)).toEqual([written]);
});

test('the error for a host name has the expected form as its hint', () => {
  expect(() => parsePublish('localhost:80:80')).toThrow(
    expect.objectContaining({
      message: 'invalid publish "localhost:80:80": "localhost" is not an IP address',
      hint: 'write 127.0.0.1 (or [::1]) for this host alone',
    }),
  );
});

function parseToAnswer(input: string, grammar?: PublishGrammar): SpecAnswer {
  try {
    return { expect: parsePublishFlag(input, grammar && { grammar }).publishes.map(toNormalPort) };
  } catch (error) {
    if (!(error instanceof PortplanError) || error.reason === undefined) throw error;
    return { error: error.reason };
  }
}

function expected({ expect, error }: SpecAnswer): SpecAnswer {
  return error === undefined ? { expect: expect ?? [] } : { error };
}

function toNormalPort(publish: Publish): NormalPort {
  return {
    hostIp: publish.address === '*' ? null : publish.address,
    hostPortStart: publish.hostPorts?.first ?? null,
    hostPortEnd: publish.hostPorts?.last ?? null,
    containerPort: publish.target,
    protocol: publish.protocol,
    mode: publish.mode,
  };
}
