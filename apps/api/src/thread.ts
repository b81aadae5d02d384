// A worker thread that is asked and answers, so that the loop which speaks HTTP never waits for arithmetic.
import { parentPort, type Transferable, Worker } from 'node:worker_threads'
import { type ErrorCode, GraftError, isGraftError } from '@graft/core/errors'

export interface Thread<Question, Answer> {
  /** Throws what the thread's handler threw, and an error when the thread is gone. What is transferred is emptied. */
  ask(question: Question, transfer?: Transferable[]): Promise<Answer>
  /** False once it has ended, by itself too: a thread that runs out of memory ends alone. */
  isAlive(): boolean
  /** Lets the thread clean up, and waits for its end. */
  close(): Promise<void>
  /** Ends it at once, whatever it does. */
  kill(): Promise<void>
}

interface Fault {
  code?: ErrorCode
  message: string
}
type Reply<Answer> = { number: number } & ({ answer: Answer } | { fault: Fault })

export function startThread<Question, Answer>(file: URL): Thread<Question, Answer> {
  const worker = new Worker(file)
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  let asked = 0
  let end: Error | undefined

  worker.on('message', (reply: Reply<Answer>) => {
    const call = waiting.get(reply.number)
    waiting.delete(reply.number)
    if ('answer' in reply) call?.resolve(reply.answer)
    else call?.reject(toError(reply.fault))
  })
  worker.on('error', (error: Error) => {
    end = error
  })
  worker.on('exit', () => {
    end ??= new Error('the thread has ended')
    for (const call of waiting.values()) call.reject(end)
    waiting.clear()
  })

  return {
    ask(question, transfer = []) {
      const call = Promise.withResolvers<Answer>()
      if (end) call.reject(end)
      else {
        asked += 1
        waiting.set(asked, call)
        worker.postMessage({ number: asked, question }, transfer)
      }
      return call.promise
    },
    isAlive: () => end === undefined,
    async close() {
      if (end) return
      // What goes wrong in the thread's last moment is nobody's question: its end is all that is waited for.
      const gone = new Promise((resolve) => worker.once('exit', resolve))
      worker.postMessage('close')
      await gone
    },
    async kill() {
      await worker.terminate()
    },
  }
}

/** The thread's side. Answers are sent with what `transfer` names of them. */
export function answerAsThread<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
  transfer: (answer: Answer) => Transferable[] = () => [],
  close: () => Promise<void> = async () => {},
): void {
  if (parentPort === null) throw new Error('this file is the program of a thread')
  const port = parentPort
  port.on('message', async (message: 'close' | { number: number; question: Question }) => {
    if (message === 'close') {
      await close().finally(() => port.close())
      return
    }
    const { number, question } = message
    try {
      const value = await answer(question)
      port.postMessage({ number, answer: value } satisfies Reply<Answer>, transfer(value))
    } catch (error) {
      port.postMessage({ number, fault: toFault(error as Error) } satisfies Reply<Answer>)
    }
  })
}

/** A class does not survive the way between threads; a code does. */
function toFault(error: Error): Fault {
  return isGraftError(error) ? { code: error.code, message: error.message } : { message: error.message }
}

function toError({ code, message }: Fault): Error {
  return code === undefined ? new Error(message) : new GraftError(code, message)
}
