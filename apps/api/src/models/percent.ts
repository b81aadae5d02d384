// A share as people read it, in cards and reports.

/** @example percent(0.931) // '93.1 %' */
export function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`
}
