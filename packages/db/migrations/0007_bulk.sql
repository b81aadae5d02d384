CREATE TABLE "batches" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"revision" integer NOT NULL,
	"dataset" text NOT NULL,
	"manifest_key" text NOT NULL,
	"split" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"images" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"stalls" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"files" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error_code" text,
	"error_message" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "precision" double precision;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "fault" jsonb;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "batches_open" ON "batches" USING btree ("created_at") WHERE state in ('queued', 'running');