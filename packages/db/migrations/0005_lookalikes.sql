ALTER TABLE "blobs" ADD COLUMN "perceptual_hash" text;--> statement-breakpoint
ALTER TABLE "dataset_files" ADD COLUMN "lookalike" integer;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "last_deleted" integer DEFAULT 0 NOT NULL;