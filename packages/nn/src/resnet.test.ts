import { describe, expect, test } from 'vitest'
import { resnet, stageOf } from './resnet.ts'

const trainable = (network: ReturnType<typeof resnet>) =>
  [...network.parameters].flatMap(([name, { operation }]) =>
    operation.op === 'parameter' && operation.trainable ? [name] : [],
  )

describe('resnet', () => {
  test.each([
    // torchvision's parameter counts with 1000 classes
    ['resnet18', 11_689_512],
    ['resnet34', 21_797_672],
  ] as const)('%s has as many parameters as torchvision says', (name, count) => {
    const network = resnet(name, 1000, { batchNorm: 'live' })
    const sizes = trainable(network).map((key) =>
      network.parameters.get(key)!.shape.reduce((product, side) => product * side, 1),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count)
  })

  test('halves the image five times and ends in the classes', () => {
    const network = resnet('resnet18', 7, { batchNorm: 'frozen', imageSize: 192 })
    expect(network.images.shape).toEqual([-1, 192, 192, 3])
    expect(network.featureMap.shape).toEqual([-1, 6, 6, 512])
    expect(network.pooled.shape).toEqual([-1, 512])
    expect(network.logits.shape).toEqual([-1, 7])
  })

  test('does not train the affine part of frozen batch norm', () => {
    const names = trainable(resnet('resnet18', 2, { batchNorm: 'frozen' }))
    expect(names).toHaveLength(20 + 2)
    expect(names.filter((name) => /bn|downsample\.1/.test(name))).toEqual([])
  })

  test('trains nothing of frozen stages, and normalises them by their running statistics', () => {
    const network = resnet('resnet18', 2, { batchNorm: 'live', frozenStages: ['stem', 'layer1'] })
    expect(new Set(trainable(network).map(stageOf))).toEqual(new Set(['layer2', 'layer3', 'layer4', 'head']))
    const modes = network.graph.nodes.flatMap(({ operation }) =>
      operation.op === 'batch_norm' ? [operation.mode] : [],
    )
    expect(modes).toEqual([...new Array(5).fill('frozen'), ...new Array(15).fill('live')])
  })

  test('never trains running statistics', () => {
    expect(
      trainable(resnet('resnet18', 2, { batchNorm: 'live' })).filter((name) => /running/.test(name)),
    ).toEqual([])
  })

  test('reads every node after its inputs', () => {
    for (const { id, inputs } of resnet('resnet34', 2, { batchNorm: 'live' }).graph.nodes) {
      expect(inputs.every((input) => input.id < id)).toBe(true)
    }
  })
})

test.each([
  ['conv1.weight', 'stem'],
  ['bn1.running_var', 'stem'],
  ['layer1.0.bn1.weight', 'layer1'],
  ['layer4.0.downsample.1.bias', 'layer4'],
  ['fc.bias', 'head'],
])('%s belongs to %s', (name, stage) => {
  expect(stageOf(name)).toBe(stage)
})
