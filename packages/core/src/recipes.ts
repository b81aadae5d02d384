// The training recipes as data: what each hyper-parameter is when the user leaves it at "auto".
import { z } from 'zod'
import { preprocessingSchema, TEXTBOOK_PREPROCESSING } from './preprocessing.ts'

export const RECIPES = ['auto', 'seed', 'scratch'] as const
export type RecipeName = (typeof RECIPES)[number]

/** The stages of the trunk in order from the input. */
export const STAGES = ['stem', 'layer1', 'layer2', 'layer3', 'layer4'] as const

/** Of the activations; weights, loss and updates are float32 in either. */
export const PRECISIONS = ['float32', 'bfloat16'] as const

/** What a user may set; each `"auto"` (or left out) takes the recipe's value. */
export const HYPERPARAMETERS = {
  epochs: z.int().min(1).max(200).describe('Times that each training image is seen, 1 to 200.'),
  batch_size: z.int().min(1).max(1024).describe('Images of a step, 1 to 1024.'),
  learning_rate: z
    .number()
    .gt(0)
    .max(10)
    .describe('Step size of the last stage of the trunk at its highest, above 0 to 10.'),
  head_learning_rate_multiplier: z
    .number()
    .gt(0)
    .max(1000)
    .describe('The learning rate of the head for one of the trunk, above 0 to 1000.'),
  layer_decay: z
    .number()
    .gt(0)
    .max(1)
    .describe('The learning rate of a stage for one of the stage after it, above 0 to 1.'),
  weight_decay: z.number().min(0).max(1).describe('Share of each weight that its gradient gains, 0 to 1.'),
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .describe('Share of its last update that each step takes again, 0 to below 1.'),
  label_smoothing: z
    .number()
    .min(0)
    .max(0.5)
    .describe('Probability that the target spreads over all labels, 0 to 0.5.'),
  mixup: z
    .number()
    .min(0)
    .max(1)
    .describe(
      'Blends the images of a batch in pairs, by shares from Beta(alpha, alpha): the alpha, 0 to 1; 0: none.',
    ),
  rand_augment: z
    .int()
    .min(0)
    .max(30)
    .describe('Two of fourteen changes to each training image, of this magnitude, 0 to 30; 0: none.'),
  image_size: z
    .int()
    .min(64)
    .max(512)
    .multipleOf(32)
    .describe('Pixels of a side of the training crops: a multiple of 32 from 64 to 512.'),
  freeze_until: z
    .enum(['none', ...STAGES])
    .describe('The last stage that stays as it is: neither it nor those before it are trained.'),
  class_weights: z
    .enum(['none', 'balanced'])
    .describe('`balanced`: each class counts as much as any other, however few images it has.'),
  precision: z.enum(PRECISIONS).describe('Of the activations; weights and updates are float32 in either.'),
  early_stopping_patience: z
    .int()
    .min(0)
    .max(200)
    .describe('Ends the training after so many epochs without a better one, up to 200; 0: never.'),
  time_budget_seconds: z
    .int()
    .min(10)
    .max(7 * 24 * 3600)
    .describe('Ends the job with the best so far: seconds from the start of its attempt, 10 to 604800.'),
} as const

const orAuto = <T extends z.ZodType>(schema: T) =>
  z
    .union([z.literal('auto'), schema], {
      error: ({ input }) => {
        const problem = schema.safeParse(input).error?.issues[0]?.message ?? 'Invalid input'
        return `${problem}, or "auto"`
      },
    })
    .optional()
    .describe(schema.description ?? '')

export const hyperparametersSchema = z.strictObject({
  epochs: orAuto(HYPERPARAMETERS.epochs),
  batch_size: orAuto(HYPERPARAMETERS.batch_size),
  learning_rate: orAuto(HYPERPARAMETERS.learning_rate),
  head_learning_rate_multiplier: orAuto(HYPERPARAMETERS.head_learning_rate_multiplier),
  layer_decay: orAuto(HYPERPARAMETERS.layer_decay),
  weight_decay: orAuto(HYPERPARAMETERS.weight_decay),
  momentum: orAuto(HYPERPARAMETERS.momentum),
  label_smoothing: orAuto(HYPERPARAMETERS.label_smoothing),
  mixup: orAuto(HYPERPARAMETERS.mixup),
  rand_augment: orAuto(HYPERPARAMETERS.rand_augment),
  image_size: orAuto(HYPERPARAMETERS.image_size),
  freeze_until: orAuto(HYPERPARAMETERS.freeze_until),
  class_weights: orAuto(HYPERPARAMETERS.class_weights),
  precision: orAuto(HYPERPARAMETERS.precision),
  early_stopping_patience: orAuto(HYPERPARAMETERS.early_stopping_patience),
  time_budget_seconds: orAuto(HYPERPARAMETERS.time_budget_seconds),
})
export type Hyperparameters = z.infer<typeof hyperparametersSchema>

/** A recipe with nothing left open but what only the trainer's machine can tell: all that `train.ts` reads. */
export const resolvedRecipeSchema = z.object({
  recipe: z.enum(RECIPES),
  ...HYPERPARAMETERS,
  /** `auto` until the trainer has measured which is faster. */
  precision: z.enum([...PRECISIONS, 'auto']),
  /** Null: as long as it takes. */
  time_budget_seconds: HYPERPARAMETERS.time_budget_seconds.nullable(),
  /** Start from the ImageNet trunk, or from random weights. */
  pretrained: z.boolean(),
  /** Fit and publish a linear probe on the frozen trunk first, and start the head from it. */
  probe: z.boolean(),
  /** `sum`: the gradient of the batch's summed loss; `mean`: of its mean. */
  loss_reduction: z.enum(['sum', 'mean']),
  nesterov: z.boolean(),
  /** `constant`, or `cosine` to zero after a linear warm-up over `warmup_fraction` of the steps. */
  schedule: z.enum(['constant', 'cosine']),
  warmup_fraction: z.number().min(0).max(1),
  /** `live`: batch statistics, running averages updated; `frozen`: running statistics, affine not trained. */
  batch_norm: z.enum(['live', 'frozen']),
  /** Smallest share of the area that RandomResizedCrop may take. */
  crop_scale_min: z.number().gt(0).max(1),
  /** `best`: the checkpoint with the lowest validation loss; `last`: the last epoch's. */
  keep: z.enum(['best', 'last']),
  preprocessing: preprocessingSchema,
})
export type ResolvedRecipe = z.infer<typeof resolvedRecipeSchema>

/** The recipe that Graft starts from: "Fine-Tuning" in Dive into Deep Learning (Zhang et al.), section 14.2. */
const seed: ResolvedRecipe = {
  recipe: 'seed',
  epochs: 5,
  batch_size: 128,
  learning_rate: 5e-5,
  head_learning_rate_multiplier: 10,
  layer_decay: 1,
  weight_decay: 0.001,
  momentum: 0,
  label_smoothing: 0,
  mixup: 0,
  rand_augment: 0,
  image_size: 224,
  freeze_until: 'none',
  class_weights: 'none',
  precision: 'float32',
  early_stopping_patience: 0,
  time_budget_seconds: null,
  pretrained: true,
  probe: false,
  loss_reduction: 'sum',
  nesterov: false,
  schedule: 'constant',
  warmup_fraction: 0,
  batch_norm: 'live',
  crop_scale_min: 0.08,
  keep: 'last',
  preprocessing: TEXTBOOK_PREPROCESSING,
}

const DEFAULTS: Record<RecipeName, ResolvedRecipe> = {
  seed,
  scratch: {
    ...seed,
    recipe: 'scratch',
    learning_rate: 5e-4,
    head_learning_rate_multiplier: 1,
    pretrained: false,
  },
  auto: {
    ...seed,
    recipe: 'auto',
    epochs: 6,
    batch_size: 32,
    learning_rate: 2e-3,
    head_learning_rate_multiplier: 1,
    layer_decay: 0.8,
    momentum: 0.9,
    label_smoothing: 0.1,
    image_size: 192,
    freeze_until: 'layer1',
    class_weights: 'balanced',
    precision: 'auto',
    probe: true,
    loss_reduction: 'mean',
    nesterov: true,
    schedule: 'cosine',
    warmup_fraction: 0.1,
    batch_norm: 'frozen',
    crop_scale_min: 0.35,
    keep: 'best',
  },
}

/** The recipe's values with the user's in their place. Pure: the same input, the same answer. */
export function resolveRecipe(recipe: RecipeName, hyperparameters: Hyperparameters = {}): ResolvedRecipe {
  const chosen = Object.entries(hyperparameters).filter(
    ([, value]) => value !== undefined && value !== 'auto',
  )
  return { ...DEFAULTS[recipe], ...Object.fromEntries(chosen) }
}
