import { formatMapping } from '../../model/findings/plan.ts';
import type { ImagesReport } from '../../model/findings/report.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** Returns local images as a table: their names, exposed ports, and where these would be published. */
export function renderImages({ images }: ImagesReport, options: TextOptions): string {
  if (images.length === 0) return 'no images';
  const rows = images.map(({ names, id, assignments }) => [
    names.join(', ') || id.slice(7, 19),
    assignments
      .map(({ publish: { target, protocol } }) =>
        protocol === 'tcp' ? `${target}` : `${target}/${protocol}`,
      )
      .join(' ') || '-',
    assignments.map(formatMapping).join(' ') || '-',
  ]);
  return renderTable(['IMAGE', 'EXPOSES', 'WOULD BE PLANNED'], rows, options);
}
