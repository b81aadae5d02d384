ALTER TABLE "batches" ALTER COLUMN "dataset" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ALTER COLUMN "manifest_key" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "key_id" text;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "archive_type" text;