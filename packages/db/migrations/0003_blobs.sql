CREATE TABLE "blobs" (
	"sha256" text PRIMARY KEY NOT NULL,
	"is_stored" boolean DEFAULT false NOT NULL,
	"claimed_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"bytes" bigint,
	"width" integer,
	"height" integer
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"dataset" text NOT NULL,
	"filename" text NOT NULL,
	"bytes" bigint NOT NULL,
	"metadata" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"version" integer,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "blobs_claimed_at" ON "blobs" USING btree ("claimed_at");--> statement-breakpoint
CREATE INDEX "uploads_expires_at" ON "uploads" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "dataset_files_sha256" ON "dataset_files" USING btree ("sha256");--> statement-breakpoint
-- What earlier versions are made of is in the store, and known to decode.
INSERT INTO "blobs" ("sha256", "is_stored", "bytes", "width", "height")
SELECT DISTINCT ON ("sha256") "sha256", true, "bytes", "width", "height" FROM "dataset_files"
WHERE "status" IN ('accepted', 'duplicate') AND "sha256" IS NOT NULL;
