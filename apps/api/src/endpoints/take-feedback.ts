// Takes feedback: what would have been the right label of a prediction.
import { hash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import type { CaptureRecord } from '@graft/core/wire/feedback'
import { findCapture, insertCaptures, labelCapture } from '@graft/db/captures'
import { inspectImage } from '@graft/vision/decode'
import { IMAGE_HEAD_BYTES, sniffImage } from '@graft/vision/sniff'
import type { Context } from '../context.ts'
import { requireLabel } from '../datasets/edit-version.ts'
import { notKept, toCapture } from './find-captures.ts'
import { findEndpoint } from './find-endpoint.ts'
import type { Feedback } from './read-feedback.ts'

/**
 * The last word on a prediction stands. An image that comes along is kept where the prediction's was not.
 *
 * @throws GraftError `not_found` where there is no image, `checksum_mismatch` where it is not the one that was kept;
 *   `label_invalid`, `path_unsafe`; as `inspectImage`, and what database and store throw
 */
export async function takeFeedback(
  { db, serving }: Pick<Context, 'db' | 'serving'>,
  project: Project,
  name: string,
  { prediction, label: asked, image }: Feedback,
): Promise<CaptureRecord> {
  const { id: endpointId, capture } = await findEndpoint(db, project, name)
  const label = requireLabel(asked)
  let kept = await findCapture(db, endpointId, prediction)
  if (kept === undefined) {
    // It may be on its way.
    await serving.captures.settled()
    kept = await findCapture(db, endpointId, prediction)
  }
  const sent = image && hash('sha256', image)
  const mismatch = () =>
    new GraftError('checksum_mismatch', `The image is not the one that ${prediction} has answered.`)
  if (kept && sent && kept.sha256 !== sent) throw mismatch()
  if (kept === undefined) {
    if (image === undefined) {
      const { message } = notKept(prediction)
      throw new GraftError('not_found', `${message} Send it along: "image" as base64, or a file of a form.`)
    }
    await inspectImage(image)
    const type = sniffImage(image.subarray(0, IMAGE_HEAD_BYTES))
    if (type === undefined) throw new GraftError('image_type_unsupported')
    const [sha256 = ''] = await serving.captures.storeImages(project, [image])
    const days = capture?.retention_days ?? limit('feedbackDays')
    const none = { model: null, predictions: [], uncertainty: 0 }
    await insertCaptures(db, [{ endpointId, id: prediction, sha256, type, days, ...none }])
  }
  // Another image may have been kept for it in between: no label goes to an image that was not sent with it.
  const row = await labelCapture(db, endpointId, prediction, label, sent)
  if (row === undefined) throw sent ? mismatch() : notKept(prediction)
  return toCapture(name, row)
}
