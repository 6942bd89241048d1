/** The formats of a report, by name. */

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'html'] as const;

export type ReportFormat = (typeof FORMATS)[number];
