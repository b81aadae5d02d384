// What strangers send: archives, paths and images that are made to harm, each with the code that it must end in.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { isGraftError } from '@graft/core/errors'
import type { Page } from '@graft/core/wire/common'
import type { DatasetFile, DatasetVersion } from '@graft/core/wire/datasets'
import { inspectImage } from '@graft/vision/decode'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TarPart, tarOf, type ZipPart, zipOf } from '../../../../packages/vision/fixtures/archives.ts'
import { startTestApi, type TestApi } from '../test-api.ts'
import { ingest } from './ingest.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(async () => {
  await api.close()
  process.stdout.write(`hostile: ${cases} cases\n`)
})
/** Files, archives and flipped images that were judged. */
let cases = 0

const EXAMPLES = join(import.meta.dirname, '../../../../examples/recycling/train')
const good = ['glass', 'metal'].flatMap((label) =>
  readdirSync(join(EXAMPLES, label))
    .sort()
    .slice(0, 2)
    .map((name, at) => ({ name: `${label}/${at}.jpg`, data: readFileSync(join(EXAMPLES, label, name)) })),
)
const photo = good[0]!.data

let uploads = 0
/** The version that an archive becomes, or the code that its upload is refused with. */
async function outcomeOf(archive: Buffer): Promise<{ code: string; files: Record<string, string> }> {
  uploads += 1
  cases += 1
  const name = `hostile-${uploads}`
  const answer = await api.ask(`/v1/datasets/${name}/archive`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(archive),
  })
  if (answer.status !== 202) return { code: ((await answer.json()) as { code: string }).code, files: {} }
  const { id } = (await (await api.ask(`/v1/datasets/${name}`)).json()) as { id: string }
  await ingest(api.context, { dataset_id: id, version: 1 }, new AbortController().signal)
  const path = `/v1/datasets/${name}/versions/1`
  const version = (await (await api.ask(path)).json()) as DatasetVersion
  const files: Record<string, string> = {}
  for (let after = ''; ; ) {
    const page = (await (await api.ask(`${path}/files${after}`)).json()) as Page<DatasetFile>
    cases += page.data.length
    for (const file of page.data) files[file.path] = file.reason?.code ?? 'accepted'
    if (!page.has_more) return { code: version.error?.code ?? version.status, files }
    after = `?after=${page.last_id}`
  }
}

/** A PNG that claims a size: its header is right, and its pixels are few. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const
    ends[0].writeUInt32BE(data.length)
    ends[1].writeUInt32BE(crc32(body))
    return Buffer.concat([ends[0], body, ends[1]])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const pixels = deflateSync(Buffer.alloc(500))
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** B3: the content of a file and what becomes of it. Each is another picture, so that none is a duplicate. */
async function hostileImages(): Promise<[name: string, bytes: Buffer, code: string][]> {
  let shade = 0
  const make = (side = 64, height = side) => {
    shade += 9
    const noise = { type: 'gaussian', mean: 100 + (shade % 60), sigma: 40 } as const
    return sharp({ create: { width: side, height, channels: 3, background: '#000', noise } })
  }
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#123' } })
      .png()
      .toBuffer()
  const frames = Array.from({ length: 200 }, (_, at) => ({
    create: { width: 8, height: 8, channels: 3 as const, background: { r: at, g: 0, b: 0 } },
  }))
  const html = '<html><script>alert(1)</script></html>'
  const turned = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map(
      async (orientation): Promise<[string, Buffer, string]> => [
        `exif-${orientation}`,
        await make(40, 60).jpeg().withMetadata({ orientation }).toBuffer(),
        'accepted',
      ],
    ),
  )
  const jpeg = await make().jpeg().toBuffer()
  const formats = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif'] as const).map(
      async (type) => [type, await make().toFormat(type).toBuffer()] as const,
    ),
  )
  const cuts = formats.flatMap(([type, bytes]) =>
    [0.1, 0.3, 0.5, 0.7, 0.9].map((share): [string, Buffer, string] => [
      `cut-${type}-${share}`,
      bytes.subarray(0, Math.floor(bytes.length * share)),
      'image_undecodable',
    ]),
  )
  return [
    ...turned,
    ...cuts,
    ['one-pixel', await make(1).png().toBuffer(), 'accepted'],
    ['one-row', await make(300, 1).png().toBuffer(), 'accepted'],
    ['empty', Buffer.alloc(0), 'image_empty'],
    ['zeros', Buffer.alloc(1000), 'image_type_unsupported'],
    ['65535-squared', pngOf(65_535, 65_535), 'image_too_large'],
    ['largest-png', pngOf(2 ** 31 - 1, 2 ** 31 - 1), 'image_undecodable'],
    ['no-width', pngOf(0, 10), 'image_undecodable'],
    ['claims-more', pngOf(5000, 5000), 'image_undecodable'],
    ['196-megapixels', await flat(14_000, 14_000), 'image_too_large'],
    [
      'two-hundred-frames',
      await sharp(frames as never, { join: { animated: true } })
        .gif()
        .toBuffer(),
      'accepted',
    ],
    ['cmyk', await make().toColourspace('cmyk').jpeg().toBuffer(), 'accepted'],
    ['16-bit', await make().toColourspace('rgb16').png().toBuffer(), 'accepted'],
    ['palette', await make().png({ palette: true, colours: 4 }).toBuffer(), 'accepted'],
    ['grey-alpha', await make().greyscale().ensureAlpha(0.5).png().toBuffer(), 'accepted'],
    ['bad-profile', withBadProfile(await make().jpeg().withIccProfile('srgb').toBuffer()), 'accepted'],
    ['jpeg-then-zip', Buffer.concat([jpeg, zipOf([{ name: 'x', data: 'y' }])]), 'accepted'],
    ['zip-then-jpeg', Buffer.concat([zipOf([{ name: 'x', data: 'y' }]), jpeg]), 'image_type_unsupported'],
    [
      'svg',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'),
      'image_type_unsupported',
    ],
    [
      'svg-xxe',
      Buffer.from('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg>&e;</svg>'),
      'image_type_unsupported',
    ],
    ['html', Buffer.from(html), 'image_type_unsupported'],
    ['gif-html', Buffer.from(`GIF89a${html}`), 'image_undecodable'],
    ['pdf', Buffer.from('%PDF-1.7\n%%EOF'), 'image_type_unsupported'],
    ['tiff', await make().tiff().toBuffer(), 'image_type_unsupported'],
    ['avif', await make().avif().toBuffer(), 'image_type_unsupported'],
    ['bmp', Buffer.from(`BM${'\0'.repeat(60)}`), 'image_type_unsupported'],
    ['riff-wave', Buffer.from('RIFF\x24\0\0\0WAVEfmt '), 'image_type_unsupported'],
    ['only-jpeg-magic', Buffer.from('ffd8ff', 'hex'), 'image_undecodable'],
    ['only-png-magic', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'image_undecodable'],
    ['only-webp-magic', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), 'image_undecodable'],
    ['elf', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), 'image_type_unsupported'],
  ]
}

function withBadProfile(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf('ICC_PROFILE')
  return Buffer.concat([jpeg.subarray(0, at + 14), Buffer.alloc(64, 0xff), jpeg.subarray(at + 78)])
}

test('images: each file has its verdict, and the others are taken', async () => {
  const images = await hostileImages()
  const parts = images.map(([name, data]) => ({ name: `glass/${name}.png`, data }))
  const { code, files } = await outcomeOf(await tarOf([...good, ...parts]))
  expect(code).toBe('ready')
  const found = images.map(([name]) => [name, files[`glass/${name}.png`]])
  // Noise that is cut at random may look like other noise: what looks alike stays within its split.
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(images.map(([name, , code]) => [name, code])))
  expect(images.length).toBeGreaterThanOrEqual(58)
}, 60_000)

test.each(['jpeg', 'png', 'webp', 'gif'] as const)(
  '200 random byte flips of a %s: decoded or refused',
  async (type) => {
    const bytes = await sharp(photo).resize(64).toFormat(type).toBuffer()
    let seed = 1
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    for (let turn = 0; turn < 200; turn += 1) {
      const flipped = Buffer.from(bytes)
      cases += 1
      const at = random(flipped.length)
      flipped[at] = (flipped[at] ?? 0) ^ (1 + random(255))
      await inspectImage(flipped).catch((error) => {
        if (!isGraftError(error) || !error.code.startsWith('image_')) throw error
      })
    }
  },
)

const UNSAFE = [
  ...['../a.jpg', 'glass/../../a.jpg', 'glass/..', '/etc/a.jpg', '//host/share/a.jpg', 'C:/a.jpg', 'c:a.jpg'],
  ...[
    'glass\\a.jpg',
    '..\\a.jpg',
    '\\\\host\\a.jpg',
    'glass//a.jpg',
    'glass/./a.jpg',
    'glass/... /a.jpg',
    'glass/a.jpg.',
  ],
  ...[
    'glass/con',
    'glass/CON.jpg',
    'glass/nul.jpg',
    'glass/com1.jpg',
    'glass/LPT9.jpg',
    'aux/a.jpg',
    'glass/prn .jpg',
  ],
  ...[
    'glass/a\u202egpj.exe',
    'glass/c\u2066d.jpg',
    'glass/\u200ea.jpg',
    'glass/a\nb.jpg',
    'glass/e\tf.jpg',
    'glass/\x1b[31m.jpg',
  ],
  ...[
    'glass/g\u2028h.jpg',
    'glass /a.jpg',
    'glass./a.jpg',
    `glass/${'d/'.repeat(520)}a.jpg`,
    `glass/${'n'.repeat(1100)}.jpg`,
  ],
]
const KINDS: TarPart[] = [
  { name: 'glass/link.jpg', type: 'symlink', linkname: '/etc/passwd' },
  { name: 'glass/hard.jpg', type: 'link', linkname: 'glass/0.jpg' },
  { name: 'glass/pipe.jpg', type: 'fifo' },
  { name: 'glass/block.jpg', type: 'block-device', devmajor: 1, devminor: 1 },
  { name: 'glass/char.jpg', type: 'character-device', devmajor: 1, devminor: 3 },
]
const LABELS: [path: string, code: string][] = [
  ['🐈/cat.jpg', 'accepted'],
  ['日本語/cat.jpg', 'accepted'],
  [`${'x'.repeat(100)}/cat.jpg`, 'accepted'],
  [`${'x'.repeat(101)}/cat.jpg`, 'label_invalid'],
  [' lead/cat.jpg', 'label_invalid'],
  ['loose.jpg', 'layout_unknown'],
  ['a/b/c/deep.jpg', 'layout_unknown'],
  ['<script>/cat.jpg', 'accepted'],
  ["'; drop table jobs; --/cat.jpg", 'accepted'],
  ['__proto__/cat.jpg', 'accepted'],
  ['constructor/cat.jpg', 'accepted'],
]

test('paths, kinds of entries and labels: each file has its verdict', async () => {
  let shade = 0
  const picture = () => {
    shade += 1
    const noise = { type: 'gaussian', mean: 60 + shade, sigma: 50 } as const
    return sharp({ create: { width: 32, height: 32, channels: 3, background: '#000', noise } })
      .png()
      .toBuffer()
  }
  const labelled = await Promise.all(
    LABELS.map(async ([name]) => [
      { name, data: await picture() },
      { name: name.replace(/(\w+)\.jpg$/, '$1-2.jpg'), data: await picture() },
    ]),
  )
  const unsafe = UNSAFE.map((name) => ({ name, data: 'x' }))
  const all = [...good, ...unsafe, ...KINDS, ...labelled.flat()]
  const { code, files } = await outcomeOf(await tarOf(all))
  expect(code).toBe('ready')
  const codes = Object.values(files)
  expect(codes.filter((found) => found === 'path_unsafe')).toHaveLength(UNSAFE.length)
  for (const { name } of KINDS) expect(files[name], name).toBe('entry_not_a_file')
  for (const [path, code] of LABELS) expect(files[path], path).toBe(code)
  for (const path of Object.keys(files)) expect(path).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
})

const zipped = zipOf(good)
const tarred = await tarOf(good)
const bomb: ZipPart = { name: 'glass/bomb.jpg', data: Buffer.alloc(8 * 1024 ** 2) }
const ARCHIVES: [name: string, archive: Buffer, code: string][] = [
  ['an empty zip', zipOf([]), 'too_few_classes'],
  ['a zip bomb', zipOf([...good, bomb]), 'archive_bomb'],
  ['a zstd bomb', zstdCompressSync(Buffer.concat([tarred, Buffer.alloc(200 * 1024 ** 2)])), 'archive_bomb'],
  ['a gzip bomb', gzipSync(Buffer.concat([tarred, Buffer.alloc(200 * 1024 ** 2)])), 'archive_bomb'],
  [
    'a nested archive',
    zipOf([...good, { name: 'glass/inner.zip', data: zipOf([bomb]), stored: true }]),
    'ready',
  ],
  [
    'overlapping entries',
    zipOf([...good, ...good.map((part) => ({ ...part, claims: { offset: 0 } }))]),
    'archive_unreadable',
  ],
  [
    'a wrong CRC',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { crc: 7 } }]),
    'archive_checksum_mismatch',
  ],
  [
    'an encrypted entry',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { flags: 1 } }]),
    'archive_encrypted',
  ],
  [
    'an unknown method',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { method: 99 } }]),
    'archive_unreadable',
  ],
  [
    'a size that is too small',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { size: 10 } }]),
    'archive_unreadable',
  ],
  [
    'a size that is too large',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { size: 99_999 } }]),
    'archive_unreadable',
  ],
  [
    'a packed size that is too large',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { packedSize: 1e9 } }]),
    'archive_bomb',
  ],
  [
    'an offset past the end',
    zipOf([...good, { name: 'glass/x.jpg', data: photo, claims: { offset: 1e9 } }]),
    'archive_unreadable',
  ],
  ['more entries than it says', zipOf(good, { entryCount: 1 }), 'archive_unreadable'],
  ['fewer entries than it says', zipOf(good, { entryCount: 9 }), 'archive_unreadable'],
  ['ZIP64 marks without its records', zipOf(good, { entryCount: 0xffff }), 'archive_unreadable'],
  ['a path twice', zipOf([...good, { name: 'glass/0.jpg', data: good[3]!.data }]), 'too_few_images'],
  ['one class', zipOf(good.slice(0, 2)), 'too_few_classes'],
  ['one image', zipOf(good.slice(0, 1)), 'too_few_classes'],
  ['an empty class', await tarOf([...good, { name: 'paper/', type: 'directory' }]), 'ready'],
  ['all images equal', zipOf(good.map((part) => ({ ...part, data: photo }))), 'too_few_classes'],
  ['text', Buffer.from('label,path\n'.repeat(100)), 'archive_unreadable'],
  ['no byte', Buffer.alloc(0), 'archive_unreadable'],
  ['a gzip of text', gzipSync(Buffer.from('x'.repeat(5000))), 'archive_unreadable'],
]

test.each(ARCHIVES)('an archive: %s', async (_, archive, code) => {
  expect((await outcomeOf(archive)).code).toBe(code)
})

test('an archive with more entries than the limit', async () => {
  vi.stubEnv('GRAFT_MAX_ARCHIVE_ENTRIES', '3')
  for (const archive of [zipped, tarred, gzipSync(tarred), zstdCompressSync(tarred)]) {
    expect((await outcomeOf(archive)).code).toBe('archive_too_many_entries')
  }
  vi.unstubAllEnvs()
})

test('archives cut at every percent are refused, whichever kind they are', async () => {
  const kinds = [zipped, tarred, gzipSync(tarred), zstdCompressSync(tarred)]
  for (let percent = 1; percent < 100; percent += 1) {
    const whole = kinds[percent % kinds.length]!
    const { code } = await outcomeOf(whole.subarray(0, Math.floor((whole.length * percent) / 100)))
    expect(code, `${percent} %`).toBe('archive_unreadable')
  }
}, 120_000)
