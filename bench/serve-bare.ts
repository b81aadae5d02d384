// The bare loop behind `node:http` and nothing else: what an endpoint costs at least.
//
//   node bench/serve-bare.ts NETWORK.onnx PORT
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { TEXTBOOK_PREPROCESSING } from '../packages/core/src/preprocessing.ts'
import { openInference } from '../packages/nn/src/inference.ts'
import { decodeImage } from '../packages/vision/src/decode.ts'
import { preprocess } from '../packages/vision/src/preprocess.ts'

const [file = '', port] = process.argv.slice(2)
const inference = await openInference(await readFile(file))
createServer(async (request, response) => {
  const input = preprocess(await decodeImage(await buffer(request)), TEXTBOOK_PREPROCESSING)
  const { logits } = await inference.run(input, TEXTBOOK_PREPROCESSING.crop, ['logits'])
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ logits: [...logits] }))
}).listen(Number(port), '127.0.0.1')
