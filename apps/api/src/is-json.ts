// Whether a Content-Type is JSON's, problem+json and others of its kind included.

export function isJson(contentType: string | undefined): boolean {
  return /\bjson\b/i.test(contentType ?? '')
}
