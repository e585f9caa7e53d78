-- migrate:up
-- Why: the outbound sender publishes as the collector, which may write every topic: who could write into outbound could
-- send readings in the name of any gateway that does not sign. Only requests to gateways and heads go this way.
-- Locks: outbound takes no rows while those that are there are read. Safe with running code: yes, it sends nothing else.
SET LOCAL lock_timeout = '4s';

ALTER TABLE outbound
DROP CONSTRAINT outbound_topic_form,
ADD CONSTRAINT outbound_topic_form CHECK (
    topic ~ '^nenghao/v1/(heads/\d{4}-\d\d-\d\d|\d{1,4}/[0-9A-Z]{18}/[A-Za-z0-9_-]{1,32}/config)$'
);

-- migrate:down
