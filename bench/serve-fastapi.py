"""A peer of serve.ts: what a Python user would write with FastAPI, one process.

python serve-fastapi.py MODEL.onnx PORT
"""

import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from serve_peer_model import classify, open_session

session = open_session(sys.argv[1])
app = FastAPI()


@app.post("/predict")
async def predict(request: Request) -> list[float]:
    return await run_in_threadpool(classify, session, await request.body())


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
