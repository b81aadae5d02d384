ALTER TABLE "dataset_versions" ADD COLUMN "tags" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
-- Hashed by another measure of brightness from now on: an image is judged anew when a version names it again.
UPDATE "blobs" SET "perceptual_hash" = NULL;
