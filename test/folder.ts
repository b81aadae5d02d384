// Labelled folders for the tests, cut from the example photos, and archives of them.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './platform.ts'

const EXAMPLES = join(ROOT, 'examples', 'recycling')

/** Paths of the first `count` example photos of a label. */
export function photos(split: 'train' | 'test', label: string, count: number): string[] {
  const folder = join(EXAMPLES, split, label)
  return readdirSync(folder)
    .sort()
    .slice(0, count)
    .map((name) => join(folder, name))
}

/** Makes `root/label/photo` with some training photos of each label. */
export function makeFolder(root: string, labels: string[], count: number): string {
  for (const label of labels) {
    mkdirSync(join(root, label), { recursive: true })
    for (const path of photos('train', label, count))
      cpSync(path, join(root, label, path.split('/').at(-1) ?? ''))
  }
  return root
}

export function tarOf(folder: string): Buffer {
  return execFileSync('tar', ['-C', folder, '-c', '.'], { maxBuffer: 1 << 30 })
}

export function zipOf(folder: string): Buffer {
  const script = [
    'import io, os, sys, zipfile',
    'out = io.BytesIO()',
    'with zipfile.ZipFile(out, "w") as z:',
    '  for d, _, fs in sorted(os.walk(sys.argv[1])):',
    '    for f in sorted(fs): z.write(os.path.join(d, f), os.path.relpath(os.path.join(d, f), sys.argv[1]))',
    'sys.stdout.buffer.write(out.getvalue())',
  ].join('\n')
  return execFileSync('python3', ['-c', script, folder], { maxBuffer: 1 << 30 })
}
