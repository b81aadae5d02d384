// Which page stands at which address, in the order of the story.
import { Redirect, Route, Switch } from 'wouter'
import { BatchPage } from './batches/batch-page.tsx'
import { BatchesPage } from './batches/batches-page.tsx'
import { DatasetPage } from './datasets/dataset-page.tsx'
import { DatasetsPage } from './datasets/datasets-page.tsx'
import { EndpointPage } from './endpoints/endpoint-page.tsx'
import { EndpointsPage } from './endpoints/endpoints-page.tsx'
import { EvaluationPage } from './evaluations/evaluation-page.tsx'
import { JobPage } from './jobs/job-page.tsx'
import { JobsPage } from './jobs/jobs-page.tsx'
import { NewJobPage } from './jobs/new-job-page.tsx'
import { ComparePage } from './models/compare-page.tsx'
import { ModelPage } from './models/model-page.tsx'
import { ModelsPage } from './models/models-page.tsx'
import { VersionPage } from './models/version-page.tsx'
import { AuditPage } from './operations/audit-page.tsx'
import { KeysPage } from './operations/keys-page.tsx'
import { UsagePage } from './operations/usage-page.tsx'
import { WebhookPage } from './operations/webhook-page.tsx'
import { WebhooksPage } from './operations/webhooks-page.tsx'
import { Page } from './parts/page.tsx'
import { mayOf, useSession } from './session.tsx'
import { Shell } from './shell.tsx'
import { NewSweepPage } from './sweeps/new-sweep-page.tsx'
import { SweepPage } from './sweeps/sweep-page.tsx'
import { SweepsPage } from './sweeps/sweeps-page.tsx'
import { TryPage } from './try/try-page.tsx'
import { WAYS } from './ways.ts'

export function App() {
  return (
    <Shell>
      <Switch>
        <Route path="/" component={First} />
        <Route path="/datasets" component={DatasetsPage} />
        <Route path="/datasets/:name/:version?" component={DatasetPage} />
        <Route path="/jobs" component={JobsPage} />
        <Route path="/jobs/new" component={NewJobPage} />
        <Route path="/jobs/:id" component={JobPage} />
        <Route path="/sweeps" component={SweepsPage} />
        <Route path="/sweeps/new" component={NewSweepPage} />
        <Route path="/sweeps/:id" component={SweepPage} />
        <Route path="/models" component={ModelsPage} />
        <Route path="/models/:name" component={ModelPage} />
        <Route path="/models/:name/:version" component={VersionPage} />
        <Route path="/compare/:a/:b" component={ComparePage} />
        <Route path="/evaluations/:id" component={EvaluationPage} />
        <Route path="/endpoints" component={EndpointsPage} />
        <Route path="/endpoints/:name" component={EndpointPage} />
        <Route path="/batches" component={BatchesPage} />
        <Route path="/batches/:id" component={BatchPage} />
        <Route path="/try/:endpoint?" component={TryPage} />
        <Route path="/keys" component={KeysPage} />
        <Route path="/usage" component={UsagePage} />
        <Route path="/webhooks" component={WebhooksPage} />
        <Route path="/webhooks/:id" component={WebhookPage} />
        <Route path="/audit" component={AuditPage} />
        <Route>
          <Page title="Nothing is here">
            <p>This address is no page of the console.</p>
          </Page>
        </Route>
      </Switch>
    </Shell>
  )
}

/** The first page that the key may see. */
function First() {
  const { key } = useSession()
  const way = WAYS.find(({ scopes }) => mayOf(key, scopes))
  if (way) return <Redirect to={way.paths[0]} replace />
  return (
    <Page title="Nothing to see">
      <p>
        “{key.name}” has the scope {key.scopes.join(', ')}, which opens no page of the console.
      </p>
    </Page>
  )
}
