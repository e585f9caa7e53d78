-- migrate:up
-- Why: who gave a gateway an account, and what gateways were asked to send again, belongs under the day's tree too.
-- Locks: the two tables take no rows while those that are there are recorded. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

SELECT track_rows('gateway_account_event', 'gateway_account_event_id');
SELECT track_rows('resend_request', 'resend_request_id');

-- migrate:down
