ALTER TABLE "jobs" ADD COLUMN "requested" text;--> statement-breakpoint
UPDATE "jobs" SET "requested" = 'cancel' WHERE "cancel_requested";--> statement-breakpoint
ALTER TABLE "jobs" DROP COLUMN "cancel_requested";
