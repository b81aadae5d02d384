// Starts a job: on which data, by which recipe, and what shall be made of it.
import { dataOf } from '@graft/client/client'
import type { NewJob } from '@graft/client/shapes'
import { type FormEvent, useId } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useChange } from '../change.ts'
import { DatasetField } from '../parts/dataset-field.tsx'
import { ModelChoices } from '../parts/model-choices.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { useMay, useSession } from '../session.tsx'
import { Estimate } from './estimate.tsx'
import { HyperparameterFields } from './hyperparameter-fields.tsx'

const RECIPES = {
  auto: 'A first model within seconds, then fine-tuning: the best of both is kept.',
  seed: "The textbook's fine-tuning, exactly: five epochs, the new head at ten times the rate.",
  scratch: 'The same network from random weights, to compare with.',
} as const

export function NewJobPage() {
  const { graft } = useSession()
  const [, go] = useLocation()
  const given = new URLSearchParams(useSearch()).get('dataset') ?? ''
  const mayDeploy = useMay('deploy')
  const starts = useId()
  const start = useChange(
    (job: NewJob) => graft.train(job),
    ({ id }) => go(`/jobs/${id}`),
  )
  const estimate = useChange(async (job: NewJob) => {
    const query = { dry_run: 'true' } as const
    const answer = dataOf(await graft.http.POST('/v1/fine_tuning/jobs', { params: { query }, body: job }))
    if (!('eta_seconds' in answer)) throw new Error('a dry run makes no job')
    return answer
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent as SubmitEvent
    const job = readJob(new FormData(event.currentTarget))
    if (submitter?.getAttribute('value') === 'estimate') estimate.mutate(job)
    else start.mutate(job)
  }
  return (
    <Page title="Start a job">
      <Scoped scope="train" what="Starting a job">
        <form className="form" onSubmit={submit}>
          <DatasetField name="training_dataset" defaultValue={given} />
          <fieldset>
            <legend>Recipe</legend>
            {Object.entries(RECIPES).map(([recipe, says]) => (
              <label key={recipe} className="choice">
                <input type="radio" name="recipe" value={recipe} defaultChecked={recipe === 'auto'} />
                <span>
                  <strong>{recipe}</strong> <span className="note">{says}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <label className="field">
            Start from the weights of
            <input name="model" list={starts} placeholder="resnet18, or name@version of a model" />
          </label>
          <ModelChoices id={starts} />
          <label className="field">
            Name of the model
            <input name="name" placeholder="as the data set" />
          </label>
          {mayDeploy && (
            <label className="field">
              Endpoint that serves it as soon as there is one
              <input name="deploy" placeholder="none" />
            </label>
          )}
          <details>
            <summary>Hyper-parameters</summary>
            <p className="note">What you leave open is the recipe's.</p>
            <HyperparameterFields />
          </details>
          <div className="fields">
            <label className="field">
              Seed
              <input name="seed" type="number" min={0} step={1} placeholder="1" />
            </label>
            <label className="field">
              Priority: the highest runs first
              <input name="priority" type="number" min={-100} max={100} step={1} placeholder="0" />
            </label>
          </div>
          <div className="actions">
            <button type="submit" className="primary" disabled={start.isPending}>
              Start
            </button>
            <button type="submit" value="estimate" disabled={estimate.isPending}>
              {estimate.isPending ? 'Measuring …' : 'Estimate'}
            </button>
          </div>
          {start.error && <Problem error={start.error} />}
          {estimate.error && <Problem error={estimate.error} />}
          {estimate.data && <Estimate plan={estimate.data} />}
        </form>
      </Scoped>
    </Page>
  )
}

/** Fields of hyper-parameters are named with a dot before; what is empty is left to the platform. */
function readJob(form: FormData): NewJob {
  const filled = [...form.entries()].filter(([, value]) => value !== '')
  const own = filled.filter(([name]) => !name.startsWith('.') && !NUMBERS.includes(name))
  const numbers = filled
    .filter(([name]) => NUMBERS.includes(name))
    .map(([name, value]) => [name, Number(value)])
  const hyperparameters = filled
    .filter(([name]) => name.startsWith('.'))
    .map(([name, value]) => [name.slice(1), Number.isNaN(Number(value)) ? value : Number(value)])
  return {
    ...Object.fromEntries([...own, ...numbers]),
    hyperparameters: Object.fromEntries(hyperparameters),
  } as NewJob
}

const NUMBERS = ['seed', 'priority']
