// The splits of a version, in the order in which they are shown.
export const SPLITS = ['train', 'validation', 'test'] as const
