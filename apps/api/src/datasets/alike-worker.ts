// The thread that groups the images of a large upload which look alike.
import { groupAlike } from '@graft/vision/perceptual-hash'
import { answerAsThread } from '../thread.ts'

answerAsThread<readonly string[], number[]>(async (hashes) => groupAlike(hashes))
