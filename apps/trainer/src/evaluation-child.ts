// The process of one evaluation: takes the question from its parent, measures, answers, exits.
import { once } from 'node:events'
import { isGraftError } from '@graft/core/errors'
import { openStore } from '@graft/store/open-store'
import { evaluateVersion } from './evaluate-version.ts'
import type { EvaluationAsked, EvaluationSaid } from './run-evaluation.ts'

process.on('disconnect', () => process.exit(0))

const [{ store: location, question }] = (await once(process, 'message')) as [EvaluationAsked]
const send = (said: EvaluationSaid) => process.send?.(said)
const store = await openStore(location)
let done = 0
try {
  const result = await evaluateVersion(question, store, () => {
    done += 1
    send({ type: 'progress', done })
  })
  send({ type: 'done', result })
} catch (error) {
  if (!isGraftError(error)) throw error
  send({ type: 'failed', code: error.code, message: error.message })
}
