// Reads the few words of Python's pickle that torch.save writes for a state_dict. Nothing is imported or run.
//
// Source: the Python standard library's pickletools, protocol 2. A dict becomes a Map, a tuple an array.

/** What the names in a pickle stand for. */
export interface PickleWorld {
  /** By "module name"; any other name is refused. A function may be called by the pickle, with its arguments' array. */
  readonly globals: ReadonlyMap<string, unknown>
  /** The object that the pickle keeps outside itself, by its id. */
  load(id: unknown): unknown
}

/** A pickle that is cut off, malformed, or asks for more than a state_dict needs. */
export class PickleError extends Error {
  override readonly name = 'PickleError'
}

const MARK = Symbol('mark')

/**
 * The one object of a pickle.
 *
 * @throws PickleError, and what the functions of `world` throw
 */
export function readPickle(bytes: Uint8Array, world: PickleWorld): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stack: unknown[] = []
  const memo = new Map<number, unknown>()
  let position = 0

  const take = (count: number): number => {
    const start = position
    position += count
    if (position > bytes.byteLength) throw new PickleError('it is cut off')
    return start
  }
  const text = (start: number, end: number): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end))
    } catch (error) {
      throw new PickleError('a text in it is not UTF-8', { cause: error })
    }
  }
  const line = (): string => {
    const end = bytes.indexOf(0x0a, position)
    if (end < 0) throw new PickleError('it is cut off')
    return text(take(end + 1 - position), end)
  }

  const pop = (): unknown => {
    const value = stack.pop()
    if (value === undefined || value === MARK) throw new PickleError('it takes what it has not put')
    return value
  }
  const popToMark = (): unknown[] => {
    const mark = stack.lastIndexOf(MARK)
    if (mark < 0) throw new PickleError('it takes what it has not put')
    return stack.splice(mark).slice(1)
  }
  const popTuple = (size: number) => stack.push(Array.from({ length: size }, pop).reverse())
  const recall = (place: number) => {
    if (!memo.has(place)) throw new PickleError('it recalls what it has not kept')
    stack.push(memo.get(place))
  }
  const keep = (place: number) => {
    const value = pop()
    memo.set(place, value)
    stack.push(value)
  }
  const setItems = (items: unknown[]) => {
    const dict = pop()
    if (!(dict instanceof Map) || items.length % 2 === 1) throw new PickleError('it fills what is no dict')
    for (let index = 0; index < items.length; index += 2) dict.set(items[index], items[index + 1])
    stack.push(dict)
  }

  for (;;) {
    const opcode = view.getUint8(take(1))
    switch (String.fromCharCode(opcode)) {
      case '\x80': // PROTO
        if (view.getUint8(take(1)) !== 2) throw new PickleError('its protocol is not 2')
        break
      case '.': {
        const value = pop()
        if (stack.length > 0 || position !== bytes.byteLength)
          throw new PickleError('it goes on behind its end')
        return value
      }

      case '(':
        stack.push(MARK)
        break
      case ')':
        stack.push([])
        break
      case '\x85':
        popTuple(1)
        break
      case '\x86':
        popTuple(2)
        break
      case '\x87':
        popTuple(3)
        break
      case 't':
        stack.push(popToMark())
        break
      case '}':
        stack.push(new Map())
        break
      case 's': {
        const value = pop()
        setItems([pop(), value])
        break
      }
      case 'u':
        setItems(popToMark())
        break

      case '\x88':
        stack.push(true)
        break
      case '\x89':
        stack.push(false)
        break
      case 'K':
        stack.push(view.getUint8(take(1)))
        break
      case 'M':
        stack.push(view.getUint16(take(2), true))
        break
      case 'J':
        stack.push(view.getInt32(take(4), true))
        break
      case '\x8a': // LONG1: as many bytes as it says
        stack.push(littleEndian(bytes.subarray(take(view.getUint8(take(1))), position)))
        break
      case 'X': {
        const length = view.getUint32(take(4), true)
        stack.push(text(take(length), position))
        break
      }

      case 'q':
        keep(view.getUint8(take(1)))
        break
      case 'r':
        keep(view.getUint32(take(4), true))
        break
      case 'h':
        recall(view.getUint8(take(1)))
        break
      case 'j':
        recall(view.getUint32(take(4), true))
        break

      case 'c': {
        const name = `${line()} ${line()}`
        if (!world.globals.has(name)) throw new PickleError(`it asks for ${JSON.stringify(name)}`)
        stack.push(world.globals.get(name))
        break
      }
      case 'R': {
        const [values, call] = [pop(), pop()]
        if (typeof call !== 'function' || !Array.isArray(values))
          throw new PickleError('it calls no function')
        stack.push(call(values))
        break
      }
      case 'Q':
        stack.push(world.load(pop()))
        break
      case 'b': // BUILD: what an OrderedDict carries beside its items, such as the versions of modules
        pop()
        if (!(stack.at(-1) instanceof Map)) throw new PickleError('it sets the state of what is no dict')
        break

      default:
        throw new PickleError(`it has the opcode 0x${opcode.toString(16)} at ${position - 1}`)
    }
  }
}

/** Two's complement. */
function littleEndian(bytes: Uint8Array): number {
  const hex = Buffer.from(bytes).reverse().toString('hex')
  return hex === '' ? 0 : Number(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)))
}
