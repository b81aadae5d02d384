// Tells an image's type by its first bytes: names and media types are the sender's claim, and are not asked.

export type ImageType = 'jpeg' | 'png' | 'webp' | 'gif'

/** Bytes that `sniffImage` looks at. */
export const IMAGE_HEAD_BYTES = 12

/** The type, or undefined for everything that Graft does not read. */
export function sniffImage(head: Uint8Array): ImageType | undefined {
  const text = Buffer.from(head.subarray(0, IMAGE_HEAD_BYTES)).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  // A RIFF file's length lies between the two words.
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp'
  return undefined
}
