import type { PlannedEdit, PlanReport, PlanWrite } from '../../model/findings/report.ts';
import { formatPublish } from '../../model/ports/publish.ts';
import { safeText } from '../../model/text/safe-text.ts';

/** Returns one line per edited file of `plan --write`, and one per assignment that was skipped. */
export function renderWritten({ write }: Pick<PlanReport, 'write'>): string {
  if (write === undefined) return '';
  const { edits, skipped } = write;
  const lines = [
    ...edits.map((edit) => describeEdit(edit, write)),
    ...skipped.map(describeSkipped),
    ...(skipped.length > 0 ? [otherWays[write.kind]] : []),
  ];
  if (lines.length === 0) return 'no changes needed\n';
  return lines.map((line) => `${safeText(line)}\n`).join('');
}

/** Hints for skipped assignments. */
const otherWays: Readonly<Record<PlanWrite['kind'], string>> = {
  override: 'portplan plan --write file changes the compose file itself',
  env: 'portplan plan --write override also moves ports without a variable',
  file: 'portplan plan --write override leaves the file as it is',
};

const done = { create: 'created', change: 'changed', remove: 'removed' } as const;
const planned = { create: 'create', change: 'change', remove: 'remove' } as const;

function describeEdit({ file, action }: PlannedEdit, write: PlanWrite): string {
  return write.done ? `${done[action]} ${file}` : `would ${planned[action]} ${file}`;
}

function describeSkipped({ publish, message }: PlanWrite['skipped'][number]): string {
  const { origin } = publish;
  const service = origin.kind === 'compose' ? `${origin.service} ` : '';
  const { file, line, column } =
    origin.kind === 'compose' ? origin.location : { file: '', line: 0, column: 0 };
  const place = file === '' ? '' : `${file}:${line}:${column}: `;
  return `${place}not moved: ${service}${formatPublish(publish)}: ${message}`;
}
