# Classifies images with this folder's model: pip install onnxruntime pillow numpy; python classify.py photo.jpg
import json, sys
from pathlib import Path

import numpy, onnxruntime
from PIL import Image, ImageOps

folder = Path(__file__).parent
labels = json.loads((folder / "labels.json").read_text())
steps = json.loads((folder / "preprocessing.json").read_text())
model = folder / "model-int8.onnx"
session = onnxruntime.InferenceSession(model if model.exists() else folder / "model.onnx", providers=["CPUExecutionProvider"])
size, crop = steps["resize"]["size"], steps["crop"]

for path in sys.argv[1:]:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    short = min(image.size)
    sides = [size if side == short or steps["resize"]["mode"] == "exact" else size * side // short for side in image.size]
    left, top = [round((side - crop) / 2) for side in sides]
    image = image.resize(sides, Image.Resampling.BILINEAR).crop((left, top, left + crop, top + crop))
    pixels = (numpy.asarray(image, numpy.float32) / 255 - numpy.float32(steps["mean"])) / numpy.float32(steps["std"])
    [[logits]] = session.run(["logits"], {"images": pixels.transpose(2, 0, 1)[None]})
    powers = numpy.exp(logits - logits.max())
    best = powers.argmax()
    print(path, labels[best], f"{powers[best] / powers.sum():.4f}", sep="\t")
