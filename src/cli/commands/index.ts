import type { Command } from '../command.ts';
import { checkCommand } from './check.ts';
import { explainCommand } from './explain.ts';
import { imagesCommand } from './images.ts';
import { leaseCommand } from './lease.ts';
import { planCommand } from './plan.ts';
import { psCommand } from './ps.ts';
import { startCommand } from './start.ts';
import { stopCommand } from './stop.ts';
import { upCommand } from './up.ts';
import { portCommand, urlCommand } from './where.ts';

/** The commands whose flags yargs reads, in the order of the help. `run` reads its own, as docker does. */
export const commands: readonly Command[] = [
  checkCommand,
  psCommand,
  planCommand,
  imagesCommand,
  upCommand,
  portCommand,
  urlCommand,
  explainCommand,
  startCommand,
  stopCommand,
  leaseCommand,
];
