import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { type CheckFormat, checkRenderers } from '../../../src/commands/check/formats.ts';
import { plainStyle } from '../../../src/output/style.ts';
import { at, publishOf, reportOf, twice } from '../../output/fixture.ts';

test.each<[CheckFormat, RegExp]>([
  ['table', /^conflict {2}8080:80 of service web and /],
  ['json', /^\{\n {2}"schemaVersion": 1,\n {2}"command": "check",/],
  ['sarif', /^\{\n {2}"\$schema": "https:.*,\n {2}"version": "2\.1\.0",/],
  ['github', /^::error title=/],
  ['gitlab', /^\[\n {2}\{\n {4}"description": /],
])('%s', async (format, start) => {
  const render = await checkRenderers[format]();
  const web = publishOf('web', '8080:80', at(1, 3));
  const api = publishOf('api', '8080:3000', at(2, 3));
  const context = {
    version: '1',
    folder: resolve('/repository'),
    textOptions: { style: plainStyle },
  };
  expect(render(reportOf([twice(api, web)]), context)).toMatch(start);
});
