import type { CheckReport } from '../../model/findings/report.ts';
import type { SarifOptions } from '../../output/sarif.ts';
import type { TextOptions } from '../../output/table.ts';

/** The output formats of `check`. */
export type CheckFormat = 'table' | 'json' | 'sarif' | 'github' | 'gitlab';

/** What renderers need beside the report. */
export interface CheckContext extends SarifOptions {
  readonly textOptions: TextOptions;
}

export type CheckRenderer = (report: CheckReport, context: CheckContext) => string;

/** The renderers of `check`, each loaded on demand. Their texts have no trailing newline. */
export const checkRenderers: Readonly<Record<CheckFormat, () => Promise<CheckRenderer>>> = {
  async table() {
    const { renderCheck } = await import('./text.ts');
    return (report, { textOptions }) => renderCheck(report, textOptions);
  },
  async json() {
    return (await import('../../output/json.ts')).renderJson;
  },
  async sarif() {
    return (await import('../../output/sarif.ts')).renderSarif;
  },
  async github() {
    return (await import('../../output/github.ts')).renderGithub;
  },
  async gitlab() {
    return (await import('../../output/gitlab.ts')).renderGitlab;
  },
};
