// What was measured is what is served: the same photos over HTTP and through the trainer's evaluation.
import { hash } from 'node:crypto'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import type { Prediction } from '@graft/core/wire/predictions'
import { setTraffic } from '@graft/db/endpoints'
import { openInference, softmax } from '@graft/nn/inference'
import { blobKey } from '@graft/store/object-store'
import { expect, test } from 'vitest'
import { evaluate } from '../../../trainer/src/evaluation.ts'
import { jsonOf, startTestApi } from '../test-api.ts'
import { makeInt8Network, makeNetwork, publishNetwork, TEST_LABELS, testPhotos } from '../test-model.ts'

const MOST_DIFFERENCE = 1e-4

test.each([
  ['float32', makeNetwork],
  ['eight bits', makeInt8Network],
])(
  'in %s a photo is answered over HTTP as the evaluation measured it, alone and among others',
  async (_, make) => {
    const api = await startTestApi()
    try {
      const network = await make()
      const { store, db } = api.context
      const photos = TEST_LABELS.flatMap((label) => testPhotos(label, 5))
      const images = photos.map((photo) => ({ sha256: hash('sha256', photo), label: 0, path: '' }))
      for (const photo of photos) await store.put(blobKey(hash('sha256', photo)), photo)
      const inference = await openInference(network.int8?.onnx ?? network.onnx)
      const { logits } = await evaluate(inference, store, images, TEXTBOOK_PREPROCESSING)
      await inference.close()

      const traffic = [{ model: await publishNetwork(api.context, 'waste', network), weight: 1 }]
      await setTraffic(db, DEFAULT_PROJECT, 'sorter', { traffic }, 'key_test')
      const path = '/v1/endpoints/sorter/predict'
      const together = jsonOf({ images: photos.map((photo) => photo.toString('base64')) })
      const { data } = (await (await api.ask(path, together)).json()) as { data: Prediction[] }
      for (const [index, photo] of photos.entries()) {
        const measured = softmax(logits.slice(index * TEST_LABELS.length, (index + 1) * TEST_LABELS.length))
        const best = TEST_LABELS[measured.indexOf(Math.max(...measured))]
        const alone = (await (
          await api.ask(path, jsonOf({ image: photo.toString('base64') }))
        ).json()) as Prediction
        for (const { predictions } of [data[index]!, alone]) {
          expect(predictions[0]!.label).toBe(best)
          for (const { label, confidence } of predictions) {
            const difference = Math.abs(confidence - measured[TEST_LABELS.indexOf(label)]!)
            expect(difference).toBeLessThanOrEqual(MOST_DIFFERENCE)
          }
        }
      }
    } finally {
      await api.close()
    }
  },
)
