CREATE TABLE "shadow_counts" (
	"endpoint_id" text NOT NULL,
	"model" text NOT NULL,
	"shadow" text NOT NULL,
	"compared" bigint DEFAULT 0 NOT NULL,
	"agreed" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"skipped" bigint DEFAULT 0 NOT NULL,
	"difference" double precision DEFAULT 0 NOT NULL,
	CONSTRAINT "shadow_counts_endpoint_id_model_shadow_pk" PRIMARY KEY("endpoint_id","model","shadow")
);
--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "thresholds" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "shadow" text;--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "idle_timeout_seconds" integer;--> statement-breakpoint
ALTER TABLE "shadow_counts" ADD CONSTRAINT "shadow_counts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;