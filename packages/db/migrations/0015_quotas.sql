CREATE TABLE "stored_bytes" (
	"bytes" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "archive_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "key_id" text;--> statement-breakpoint
ALTER TABLE "evaluations" ADD COLUMN "stalls" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "batches_of_key" ON "batches" USING btree ("key_id") WHERE state not in ('succeeded', 'failed', 'cancelled');--> statement-breakpoint
CREATE INDEX "batches_archive" ON "batches" USING btree ("archive_bytes") WHERE archive_bytes > 0;--> statement-breakpoint
CREATE INDEX "evaluations_of_key" ON "evaluations" USING btree ("key_id") WHERE state not in ('succeeded', 'failed', 'cancelled');--> statement-breakpoint
CREATE FUNCTION count_stored_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  added bigint := 0;
BEGIN
  IF TG_OP <> 'DELETE' THEN
    SELECT added + coalesce(sum(bytes), 0) INTO added FROM new_rows WHERE is_stored;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    SELECT added - coalesce(sum(bytes), 0) INTO added FROM old_rows WHERE is_stored;
  END IF;
  IF added <> 0 THEN
    INSERT INTO stored_bytes (bytes) VALUES (added);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER count_inserted_bytes AFTER INSERT ON blobs REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_stored_bytes();
--> statement-breakpoint
CREATE TRIGGER count_updated_bytes AFTER UPDATE ON blobs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_stored_bytes();
--> statement-breakpoint
CREATE TRIGGER count_deleted_bytes AFTER DELETE ON blobs REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_stored_bytes();
--> statement-breakpoint
-- The triggers have waited for whoever was writing, and keep others from it until all of this is committed.
INSERT INTO stored_bytes (bytes) SELECT sum(bytes) FROM blobs WHERE is_stored HAVING sum(bytes) > 0;
