import type { Command } from '../command.ts';
import { checkCommand } from './check.ts';
import { imagesCommand } from './images.ts';
import { leaseCommand } from './lease.ts';
import { planCommand } from './plan.ts';
import { psCommand } from './ps.ts';
import { startCommand } from './start.ts';
import { stopCommand } from './stop.ts';

/** The commands whose flags yargs reads, in the order of the help. `run` reads its own, as docker does. */
export const commands: readonly Command[] = [
  checkCommand,
  psCommand,
  planCommand,
  imagesCommand,
  startCommand,
  stopCommand,
  leaseCommand,
];
