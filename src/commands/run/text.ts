import { flagTable } from '../../runner/docker-flags/flag-table.ts';
import type { HelpText } from '../../terminal/help.ts';

/** The help of `portplan run`. */
export const runHelp: HelpText = {
  summary: 'Run a container on free host ports, like docker run',
  details: [
    'Publishes the ports of -p, with -P all that the image exposes. Without either, the exposed ports on 127.0.0.1.',
  ],
  usage: '[flags] IMAGE [COMMAND...]',
  examples: [
    ['portplan run nginx:1.25', 'on 127.0.0.1:8080, or the next free port'],
    [
      'portplan run -d --name web -p 8080:80 nginx:1.25',
      'in the background; moves if 8080 is taken',
    ],
    ['portplan run --on-conflict fail -p 8080:80 IMAGE', 'on 8080 or not at all'],
    ['portplan run -it --rm python:3.12 python', 'with a terminal'],
  ],
  flags: flagTable,
};
