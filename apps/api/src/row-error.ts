// The error of a row that has failed, as the API tells it.

export function errorOf(row: {
  errorCode: string | null
  errorMessage: string | null
}): { code: string; message: string } | null {
  return row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' }
}
