CREATE TABLE "projects" (
	"name" text PRIMARY KEY NOT NULL,
	"stored_bytes" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
INSERT INTO "projects" ("name") VALUES ('default');--> statement-breakpoint
CREATE TABLE "project_blobs" (
	"project" text NOT NULL,
	"sha256" text NOT NULL,
	"claimed_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "project_blobs_project_sha256_pk" PRIMARY KEY("project","sha256")
);
--> statement-breakpoint
-- Whatever is there was sent by those who could see all of it.
INSERT INTO "project_blobs" ("project", "sha256", "claimed_at") SELECT 'default', "sha256", "claimed_at" FROM "blobs" WHERE "is_stored";--> statement-breakpoint
-- The default is for the rows that are there, and for the code before, which knows of no projects.
ALTER TABLE "api_keys" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "sweeps" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_days" ADD COLUMN "project" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" DROP CONSTRAINT "datasets_name_unique";--> statement-breakpoint
ALTER TABLE "datasets" ADD CONSTRAINT "datasets_name" UNIQUE("project","name");--> statement-breakpoint
ALTER TABLE "models" DROP CONSTRAINT "models_name_unique";--> statement-breakpoint
ALTER TABLE "models" ADD CONSTRAINT "models_name" UNIQUE("project","name");--> statement-breakpoint
ALTER TABLE "endpoints" DROP CONSTRAINT "endpoints_name_unique";--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_name" UNIQUE("project","name");--> statement-breakpoint
DROP INDEX "evaluations_model";--> statement-breakpoint
DROP INDEX "jobs_parent";--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "datasets" ADD CONSTRAINT "datasets_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sweeps" ADD CONSTRAINT "sweeps_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "models" ADD CONSTRAINT "models_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_blobs" ADD CONSTRAINT "project_blobs_project_projects_name_fk" FOREIGN KEY ("project") REFERENCES "public"."projects"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_blobs" ADD CONSTRAINT "project_blobs_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "project_blobs_sha256" ON "project_blobs" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "project_blobs_claimed_at" ON "project_blobs" USING btree ("claimed_at");--> statement-breakpoint
CREATE INDEX "audit_log_project" ON "audit_log" USING btree ("project","number");--> statement-breakpoint
CREATE INDEX "evaluations_model" ON "evaluations" USING btree ("project","model","id");--> statement-breakpoint
CREATE INDEX "jobs_project" ON "jobs" USING btree ("project","id");--> statement-breakpoint
CREATE INDEX "jobs_parent" ON "jobs" USING btree ("project","parent") WHERE parent is not null;--> statement-breakpoint
-- An event is told in its own project alone.
DROP FUNCTION tell_webhooks(text, jsonb);--> statement-breakpoint
CREATE FUNCTION tell_webhooks(project text, event text, data jsonb) RETURNS void LANGUAGE sql AS $$
  WITH message AS MATERIALIZED (SELECT 'msg_' || replace(gen_random_uuid()::text, '-', '') AS id)
  INSERT INTO webhook_deliveries (webhook_id, message_id, type, data)
  SELECT webhooks.id, message.id, event, tell_webhooks.data FROM webhooks, message
  WHERE webhooks.project = tell_webhooks.project AND webhooks.events ? event
  FOR KEY SHARE OF webhooks
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION tell_job_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks(NEW.project, 'job.' || NEW.state, jsonb_build_object(
    'object', 'fine_tuning.job', 'id', NEW.id, 'status', NEW.state, 'name', NEW.model_name,
    'fine_tuned_model', NEW.fine_tuned_model, 'metrics', NEW.metrics,
    'error', error_of(NEW.error_code, NEW.error_message)));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION tell_ingest_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  dataset datasets%ROWTYPE;
BEGIN
  SELECT * INTO dataset FROM datasets WHERE id = NEW.dataset_id;
  PERFORM tell_webhooks(dataset.project, 'dataset.version.' || NEW.state, jsonb_build_object(
    'object', 'dataset.version', 'dataset', dataset.name,
    'version', NEW.number, 'status', NEW.state, 'labels', NEW.labels,
    'error', error_of(NEW.error_code, NEW.error_message)));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION tell_endpoint_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  endpoint endpoints%ROWTYPE;
BEGIN
  SELECT * INTO endpoint FROM endpoints WHERE id = NEW.endpoint_id;
  PERFORM tell_webhooks(endpoint.project, 'endpoint.changed', jsonb_build_object(
    'object', 'endpoint', 'name', endpoint.name,
    'revision', NEW.revision, 'traffic', NEW.traffic, 'threshold', NEW.threshold, 'actor', NEW.actor));
  RETURN NULL;
END $$;
