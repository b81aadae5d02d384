// The ways through the console, in the order of the story, and which scopes open each.
import type { Scope } from './session.tsx'

interface Way {
  title: string
  /** Where it leads, and what else belongs to it. */
  paths: readonly [first: string, ...string[]]
  /** One of them opens it. */
  scopes: readonly Scope[]
}

export const WAYS: readonly Way[] = [
  { title: 'Data sets', paths: ['/datasets'], scopes: ['data'] },
  { title: 'Jobs', paths: ['/jobs', '/sweeps'], scopes: ['train'] },
  { title: 'Models', paths: ['/models', '/compare', '/evaluations'], scopes: ['train', 'deploy'] },
  { title: 'Endpoints', paths: ['/endpoints'], scopes: ['predict', 'deploy'] },
  { title: 'Batches', paths: ['/batches'], scopes: ['predict'] },
  { title: 'Try it', paths: ['/try'], scopes: ['predict'] },
  { title: 'Operations', paths: ['/keys', '/usage', '/webhooks', '/audit'], scopes: ['admin'] },
]
