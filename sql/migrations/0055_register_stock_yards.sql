-- migrate:up
-- Why: a closing stock beyond what the yards hold cannot lie there; capacity is a fact with a document, so it is registered
-- like every other. Locks: none that matter, the table is new. Safe with running code: yes, it does not know it.
SET LOCAL lock_timeout = '4s';

CREATE TABLE stock_yard (
    stock_yard_id integer GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    yard_no text NOT NULL,
    variety_code text NOT NULL,
    capacity numeric NOT NULL,
    capacity_unit text NOT NULL,
    tenure text NOT NULL,
    valid_from date NOT NULL,
    document_no text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_yard_pk PRIMARY KEY (stock_yard_id),
    CONSTRAINT stock_yard_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT stock_yard_once UNIQUE (unit_id, yard_no, variety_code, valid_from),
    CONSTRAINT stock_yard_not_negative CHECK (capacity >= 0),
    CONSTRAINT stock_yard_unit_known CHECK (capacity_unit IN ('kg', 't', '10^4t', 'm3', '10^4m3')),
    CONSTRAINT stock_yard_tenure_known CHECK (tenure IN ('owned', 'leased'))
);
COMMENT ON TABLE stock_yard IS '堆场、储罐: what a yard or tank holds of a variety since a day; its newest row stands, and a capacity of 0 gives it up';
COMMENT ON COLUMN stock_yard.tenure IS '权属: 自有 owned, 租用 leased';

CREATE TRIGGER stock_yard_append_only BEFORE UPDATE OR DELETE ON stock_yard
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_yard_no_truncate BEFORE TRUNCATE ON stock_yard
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT track_rows('stock_yard', 'stock_yard_id');

GRANT SELECT ON stock_yard TO nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;
GRANT INSERT ON stock_yard TO nenghao_console;

-- migrate:down
