import { listImages } from '../../engine/images/images.ts';
import type { ImagesReport } from '../../model/findings/report.ts';
import { loopback } from '../../model/ports/address.ts';
import { planPorts } from '../../planner/plan-ports.ts';
import { type ScanOptions, scan } from '../../scanner/scan.ts';
import { type PlanningFlags, toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import { toPublish } from '../../workflows/inputs/targets.ts';

export interface ImagesOptions
  extends PlanningFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {}

/** Returns the images of the engine, each with the mapping that would be planned for it alone. @throws PortplanError as `scan` */
export async function images(options: ImagesOptions = {}): Promise<ImagesReport> {
  const planning = toPlanOptions(options);
  const hostIp = toHostIp(options.hostIp);
  await using host = await scan({ ...options, stopped: true });
  const found = host.engine === undefined ? [] : await listImages(host.engine);
  return {
    command: 'images',
    images: found.map(({ id, names, exposed }) => {
      const publishes = exposed.map((port) => toPublish(port, names[0] ?? id, hostIp ?? loopback));
      return { id, names, assignments: planPorts(publishes, host.state, planning).assignments };
    }),
    sources: host.snapshot.sources,
    notes: host.snapshot.notes,
  };
}
