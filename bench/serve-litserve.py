"""A peer of serve.ts: what a Python user would write with LitServe, its defaults, photos as base64 in JSON.

python serve-litserve.py MODEL.onnx PORT
"""

import base64
import sys

import litserve
from serve_peer_model import classify, open_session


class Classifier(litserve.LitAPI):
    def setup(self, device: str) -> None:
        self.session = open_session(sys.argv[1])

    def decode_request(self, request: dict) -> bytes:
        return base64.b64decode(request["image"])

    def predict(self, photo: bytes) -> list[float]:
        return classify(self.session, photo)

    def encode_response(self, output: list[float]) -> dict:
        return {"confidences": output}


if __name__ == "__main__":
    server = litserve.LitServer(Classifier(), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", generate_client_file=False)
