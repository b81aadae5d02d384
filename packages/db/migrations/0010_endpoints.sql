CREATE TABLE "answer_counts" (
	"endpoint_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"model" text NOT NULL,
	"label" text NOT NULL,
	"bin" integer NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "answer_counts_endpoint_id_hour_model_label_bin_pk" PRIMARY KEY("endpoint_id","hour","model","label","bin")
);
--> statement-breakpoint
CREATE TABLE "canaries" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"model" text NOT NULL,
	"stable_revision" integer NOT NULL,
	"revision" integer NOT NULL,
	"steps" jsonb NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"step_since" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"minutes_per_step" double precision NOT NULL,
	"max_error_rate" double precision NOT NULL,
	"max_disagreement" double precision NOT NULL,
	"min_requests" integer NOT NULL,
	"key_id" text NOT NULL,
	"key_name" text NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "canary_counts" (
	"canary_id" text NOT NULL,
	"step" integer NOT NULL,
	"answered" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"compared" bigint DEFAULT 0 NOT NULL,
	"disagreed" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "canary_counts_canary_id_step_pk" PRIMARY KEY("canary_id","step")
);
--> statement-breakpoint
CREATE TABLE "captures" (
	"endpoint_id" text NOT NULL,
	"id" text NOT NULL,
	"sha256" text NOT NULL,
	"type" text NOT NULL,
	"model" text,
	"predictions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"uncertainty" double precision DEFAULT 0 NOT NULL,
	"label" text,
	"labelled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "captures_endpoint_id_id_pk" PRIMARY KEY("endpoint_id","id")
);
--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "capture" jsonb;--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "canary" jsonb;--> statement-breakpoint
ALTER TABLE "answer_counts" ADD CONSTRAINT "answer_counts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "canaries" ADD CONSTRAINT "canaries_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "canary_counts" ADD CONSTRAINT "canary_counts_canary_id_canaries_id_fk" FOREIGN KEY ("canary_id") REFERENCES "public"."canaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "captures" ADD CONSTRAINT "captures_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "answer_counts_hour" ON "answer_counts" USING btree ("hour");--> statement-breakpoint
CREATE UNIQUE INDEX "canaries_running" ON "canaries" USING btree ("endpoint_id") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "canaries_endpoint" ON "canaries" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "captures_uncertain" ON "captures" USING btree ("endpoint_id","uncertainty","id");--> statement-breakpoint
CREATE INDEX "captures_expires_at" ON "captures" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "captures_sha256" ON "captures" USING btree ("sha256");