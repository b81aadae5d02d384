CREATE TABLE "evaluations" (
	"id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"dataset" text NOT NULL,
	"manifest_key" text NOT NULL,
	"split" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"images" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"metrics" jsonb,
	"report" jsonb,
	"error_code" text,
	"error_message" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"model_name" text NOT NULL,
	"values" jsonb NOT NULL,
	"alias" text,
	"deploy" text,
	"best" text,
	"error_code" text,
	"error_message" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "model_versions" ALTER COLUMN "job_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "parent" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "key_id" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "sweep_id" text;--> statement-breakpoint
CREATE INDEX "evaluations_open" ON "evaluations" USING btree ("created_at") WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "evaluations_model" ON "evaluations" USING btree ("model","id");--> statement-breakpoint
CREATE INDEX "sweeps_open" ON "sweeps" USING btree ("created_at") WHERE state = 'running';--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_sweep_id_sweeps_id_fk" FOREIGN KEY ("sweep_id") REFERENCES "public"."sweeps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "jobs_parent" ON "jobs" USING btree ("parent") WHERE parent is not null;--> statement-breakpoint
CREATE INDEX "jobs_sweep" ON "jobs" USING btree ("sweep_id") WHERE sweep_id is not null;--> statement-breakpoint
CREATE INDEX "jobs_open" ON "jobs" USING btree ("key_id") WHERE state not in ('succeeded', 'failed', 'cancelled');