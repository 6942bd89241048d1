/** Renders a report in one of its formats. */
import type { ScanReport } from '../types.js';
import type { ReportFormat } from './formats.js';
import { renderHtml } from './html/page.js';
import { renderJson } from './json.js';
import { type JunitOptions, renderJunit } from './junit.js';
import { renderSarif } from './sarif.js';
import { renderText, type TextOptions } from './text.js';

/** Each format takes what concerns it. */
export interface RenderOptions extends TextOptions, JunitOptions {}

/** The whole report, ending in a newline. The verdict and the findings are the same in each format. */
export function render(format: ReportFormat, report: ScanReport, options: RenderOptions): string {
  switch (format) {
    case 'text':
      return renderText(report, options);
    case 'json':
      return renderJson(report);
    case 'sarif':
      return renderSarif(report);
    case 'junit':
      return renderJunit(report, options);
    case 'html':
      return renderHtml(report);
  }
}
