"""The peer of serve.ts: what a Python user would write. FastAPI, Pillow and onnxruntime, one process.

python serve-peer.py MODEL.onnx PORT
"""

import io
import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from PIL import Image

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
STD = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]
app = FastAPI()


def classify(body: bytes) -> list[float]:
    image = Image.open(io.BytesIO(body)).convert("RGB").resize((256, 256), Image.BILINEAR)
    pixels = np.asarray(image.crop((16, 16, 240, 240)), np.float32).transpose(2, 0, 1) / 255
    logits = session.run(["logits"], {"images": ((pixels - MEAN) / STD)[None]})[0][0]
    powers = np.exp(logits - logits.max())
    return (powers / powers.sum()).tolist()


@app.post("/predict")
async def predict(request: Request) -> list[float]:
    return await run_in_threadpool(classify, await request.body())


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
