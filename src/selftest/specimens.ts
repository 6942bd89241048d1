export interface Specimen { readonly rule: string; readonly bytes: Uint8Array; readonly spkiSha256?: string; readonly at: number; readonly length: number; readonly secrets: number }
export function specimens(): readonly Specimen[] { return []; }
