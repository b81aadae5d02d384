import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { RequestError } from '@graft/client/request-error'
import { expect, test } from 'vitest'
import { describeFailure, isSystemError, sentenceOf } from './failure.ts'

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test.each([
  ['/no/such/folder', () => stat('/no/such/folder'), 'There is no file or folder /no/such/folder.'],
  ['a file as a folder', () => readdir(import.meta.filename), /leads through a file/],
])('%s is told in a sentence', async (_, work, sentence) => {
  expect(describeFailure(await failureOf(work()))).toEqual([expect.stringMatching(sentence)])
})

test('a folder instead of a file is told by whoever knows the path', async () => {
  const error = await failureOf(readFile(tmpdir()))
  expect(isSystemError(error) && sentenceOf(error, 'photos')).toBe(
    'photos is a folder, and a file is wanted.',
  )
})

test('what is no path is told as the system has it', async () => {
  const error = await failureOf(once(connect(1, '127.0.0.1'), 'connect'))
  expect(describeFailure(error)).toEqual([expect.stringContaining('ECONNREFUSED')])
})

const fault = { path: 'seed', code: 'too_small', message: 'Too small' }

test('a fault that the first line tells is not told again; the others are', () => {
  const message = 'The request is not valid: seed: Too small.'
  const alone = new RequestError(400, 'invalid_request', message, [fault])
  expect(describeFailure(alone)).toEqual([`${message} (invalid_request)`])
  const other = { path: 'name', code: 'invalid_type', message: 'Expected string' }
  const both = new RequestError(400, 'invalid_request', message, [fault, other])
  expect(describeFailure(both)).toEqual([
    `${message} (invalid_request)`,
    '  name: Expected string (invalid_type)',
  ])
})

test('a fault of the program itself keeps its stack', () => {
  expect(describeFailure(new TypeError('x is not a function'))).toBeUndefined()
})
