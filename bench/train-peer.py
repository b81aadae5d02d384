"""The peer of train.ts and augment.ts: the same work in PyTorch and torchvision, on as many threads.

python train-peer.py steps RECIPE PRECISION LAYOUT BATCH_SIZE THREADS    reads numbers of steps, answers seconds
python train-peer.py epochs RECIPE PRECISION LAYOUT BATCH_SIZE THREADS FOLDER EPOCHS
python train-peer.py loader FOLDER RECIPE BATCH_SIZE                     reads numbers of epochs, answers seconds of each

RECIPE: seed (224, live batch norm) or auto (192, frozen batch norm, frozen stem and layer1).
LAYOUT: channels_last or default. Loading has two worker processes.
"""

import contextlib
import json
import os
import resource
import sys
import time

import torch
import torchvision
from torchvision import transforms

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LOADERS = 2
# Side of the images, smallest share of the area that a crop takes.
SIZES = {"seed": (224, 0.08), "auto": (192, 0.35)}


class Training:
    def __init__(self, recipe, precision, layout, classes):
        self.size, _ = SIZES[recipe]
        self.frozen = recipe == "auto"
        self.layout = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.bfloat16 = precision == "bfloat16"
        self.model = torchvision.models.resnet18(num_classes=classes).to(memory_format=self.layout).train()
        if self.frozen:
            for module in self.model.modules():
                if isinstance(module, torch.nn.BatchNorm2d):
                    module.eval().requires_grad_(False)
            for stage in (self.model.conv1, self.model.layer1):
                stage.requires_grad_(False)
        trained = [p for p in self.model.parameters() if p.requires_grad]
        options = {"momentum": 0.9, "nesterov": True} if self.frozen else {}
        self.optimiser = torch.optim.SGD(trained, lr=1e-6, weight_decay=1e-3, **options)
        self.loss = torch.nn.CrossEntropyLoss(
            reduction="mean" if self.frozen else "sum", label_smoothing=0.1 if self.frozen else 0
        )

    def step(self, images, labels):
        images = images.contiguous(memory_format=self.layout)
        autocast = torch.autocast("cpu", torch.bfloat16) if self.bfloat16 else contextlib.nullcontext()
        with autocast:
            logits = self.model(images)
        loss = self.loss(logits.float(), labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def loader(folder, recipe, batch_size):
    size, scale_min = SIZES[recipe]
    steps = [
        transforms.RandomResizedCrop(size, scale=(scale_min, 1)),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ]
    photos = torchvision.datasets.ImageFolder(os.path.join(folder, "train"), transforms.Compose(steps))
    return photos, torch.utils.data.DataLoader(
        photos, int(batch_size), shuffle=True, num_workers=LOADERS, persistent_workers=True
    )


def steps(recipe, precision, layout, batch_size, threads):
    torch.set_num_threads(int(threads))
    training = Training(recipe, precision, layout, 2)
    # Normalised floats in the right layout from the start: ours is given bytes, and does that in its step.
    images = torch.randn(int(batch_size), 3, training.size, training.size).contiguous(memory_format=training.layout)
    labels = torch.arange(int(batch_size)) % 2
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        for _ in range(int(line)):
            training.step(images, labels)
        print(time.perf_counter() - started, flush=True)


def epochs(recipe, precision, layout, batch_size, threads, folder, count):
    torch.set_num_threads(int(threads))
    photos, batches = loader(folder, recipe, batch_size)
    training = Training(recipe, precision, layout, len(photos.classes))
    rates = []
    for _ in range(int(count)):
        started = time.perf_counter()
        for images, labels in batches:
            training.step(images, labels)
        rates.append(round(len(photos) / (time.perf_counter() - started), 1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"images_per_second": rates, "peak_rss_megabytes": peak}))


def load(folder, recipe, batch_size):
    photos, batches = loader(folder, recipe, batch_size)
    print(json.dumps({"torchvision": torchvision.__version__, "photos": len(photos)}), flush=True)
    for line in sys.stdin:
        _, batches = loader(folder, recipe, batch_size)
        seconds = []
        for _ in range(int(line)):
            started = time.perf_counter()
            for _ in batches:
                pass
            seconds.append(time.perf_counter() - started)
        print(json.dumps(seconds), flush=True)


{"steps": steps, "epochs": epochs, "loader": load}[sys.argv[1]](*sys.argv[2:])
