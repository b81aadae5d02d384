// The splits of a version, in the order in which they are shown, and the archives that one is uploaded as.
export const SPLITS = ['train', 'validation', 'test'] as const

/** As an input of files takes them. */
export const ARCHIVES = '.zip,.tar,.tar.gz,.tgz,.tar.zst,.tzst'
