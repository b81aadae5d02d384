import { describe, expect, test } from 'vitest'
import { hyperparametersSchema, resolvedRecipeSchema, resolveRecipe } from './recipes.ts'

describe('resolveRecipe', () => {
  test('seed is the textbook recipe to the letter', () => {
    expect(resolveRecipe('seed')).toMatchObject({
      epochs: 5,
      batch_size: 128,
      learning_rate: 5e-5,
      head_learning_rate_multiplier: 10,
      weight_decay: 0.001,
      momentum: 0,
      loss_reduction: 'sum',
      batch_norm: 'live',
      freeze_until: 'none',
      pretrained: true,
      preprocessing: { resize: { mode: 'exact', size: 256 }, crop: 224 },
    })
  })

  test('scratch differs from seed in its start and its single learning rate only', () => {
    const { recipe: _a, ...seed } = resolveRecipe('seed')
    const { recipe: _b, ...scratch } = resolveRecipe('scratch')
    expect(scratch).toEqual({
      ...seed,
      pretrained: false,
      learning_rate: 5e-4,
      head_learning_rate_multiplier: 1,
    })
  })

  test.each(['auto', 'seed', 'scratch'] as const)('%s leaves nothing open', (recipe) => {
    expect(resolvedRecipeSchema.parse(resolveRecipe(recipe))).toEqual(resolveRecipe(recipe))
  })

  test('a value of the user replaces the recipe’s, "auto" does not', () => {
    const resolved = resolveRecipe('auto', { epochs: 7, batch_size: 'auto' })
    expect([resolved.epochs, resolved.batch_size]).toEqual([7, 32])
  })

  test('says what a value may be', () => {
    const said = (wrong: object) => hyperparametersSchema.safeParse(wrong).error?.issues[0]?.message
    expect(said({ freeze_until: 'layer9' })).toMatch(/"layer1".*or "auto"/)
    expect(said({ epochs: 0 })).toMatch(/>=1/)
  })

  test.each([{ epochs: 0 }, { learning_rate: -1 }, { image_size: 100 }, { epoch: 3 }])(
    'refuses %j',
    (wrong) => {
      expect(hyperparametersSchema.safeParse(wrong).success).toBe(false)
    },
  )
})
