CREATE TABLE "webhook_attempts" (
	"delivery" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"status" integer,
	"error" text,
	"milliseconds" integer NOT NULL,
	CONSTRAINT "webhook_attempts_delivery_attempt_pk" PRIMARY KEY("delivery","attempt")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhook_deliveries_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"webhook_id" text NOT NULL,
	"message_id" text NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"events" jsonb NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery_webhook_deliveries_number_fk" FOREIGN KEY ("delivery") REFERENCES "public"."webhook_deliveries"("number") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("next_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook" ON "webhook_deliveries" USING btree ("webhook_id","number");--> statement-breakpoint
-- Adds a delivery for each webhook that wants the event. A webhook that is being deleted is waited for: its foreign key
-- must not fail the change that the event tells of.
CREATE FUNCTION tell_webhooks(event text, data jsonb) RETURNS void LANGUAGE sql AS $$
  WITH message AS MATERIALIZED (SELECT 'msg_' || replace(gen_random_uuid()::text, '-', '') AS id)
  INSERT INTO webhook_deliveries (webhook_id, message_id, type, data)
  SELECT webhooks.id, message.id, event, data FROM webhooks, message
  WHERE webhooks.events ? event
  FOR KEY SHARE OF webhooks
$$;
--> statement-breakpoint
CREATE FUNCTION error_of(code text, message text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN code IS NOT NULL THEN jsonb_build_object('code', code, 'message', message) END
$$;
--> statement-breakpoint
CREATE FUNCTION tell_job_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks('job.' || NEW.state, jsonb_build_object(
    'object', 'fine_tuning.job', 'id', NEW.id, 'status', NEW.state, 'name', NEW.model_name,
    'fine_tuned_model', NEW.fine_tuned_model, 'metrics', NEW.metrics,
    'error', error_of(NEW.error_code, NEW.error_message)));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tell_job_end AFTER UPDATE OF state ON jobs FOR EACH ROW
  WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('succeeded', 'failed', 'cancelled'))
  EXECUTE FUNCTION tell_job_end();
--> statement-breakpoint
CREATE FUNCTION tell_ingest_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks('dataset.version.' || NEW.state, jsonb_build_object(
    'object', 'dataset.version', 'dataset', (SELECT name FROM datasets WHERE id = NEW.dataset_id),
    'version', NEW.number, 'status', NEW.state, 'labels', NEW.labels,
    'error', error_of(NEW.error_code, NEW.error_message)));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tell_ingest_end AFTER UPDATE OF state ON dataset_versions FOR EACH ROW
  WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('ready', 'rejected'))
  EXECUTE FUNCTION tell_ingest_end();
--> statement-breakpoint
CREATE FUNCTION tell_endpoint_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_webhooks('endpoint.changed', jsonb_build_object(
    'object', 'endpoint', 'name', (SELECT name FROM endpoints WHERE id = NEW.endpoint_id),
    'revision', NEW.revision, 'traffic', NEW.traffic, 'threshold', NEW.threshold, 'actor', NEW.actor));
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tell_endpoint_change AFTER INSERT ON endpoint_revisions FOR EACH ROW
  EXECUTE FUNCTION tell_endpoint_change();
