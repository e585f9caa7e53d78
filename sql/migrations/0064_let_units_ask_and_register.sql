-- migrate:up
-- Why: a unit's people register what is theirs by themselves. What they uploaded is kept with what became of it, photos and
-- certificates stand beside the change of a meter that they prove, and what only the bureau may do (a new gateway, a new
-- spool) is asked for in a row that is answered in a row.
-- Locks: none that matter, the tables are new. Safe with running code: yes, it does not know them.
SET LOCAL lock_timeout = '4s';

CREATE TABLE unit_request (
    unit_request_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    kind text NOT NULL,
    gateway_code text NOT NULL,
    boot_id uuid,
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT unit_request_pk PRIMARY KEY (unit_request_id),
    CONSTRAINT unit_request_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT unit_request_kind_known CHECK (kind IN ('gateway_add', 'boot_enrol', 'gateway_end')),
    CONSTRAINT unit_request_boot_where_due CHECK ((kind = 'boot_enrol') = (boot_id IS NOT NULL)),
    CONSTRAINT unit_request_gateway_form CHECK (gateway_code ~ '^[A-Za-z0-9_-]{1,32}$'),
    CONSTRAINT unit_request_reason_given CHECK (length(trim(reason)) > 0),
    CONSTRAINT unit_request_by_given CHECK (length(trim(asked_by)) > 0)
);
CREATE INDEX unit_request_of_unit ON unit_request (unit_id, unit_request_id DESC);
COMMENT ON TABLE unit_request IS '单位申请: what a unit asks of the bureau about its gateways because it may not do it itself';
COMMENT ON COLUMN unit_request.kind IS 'gateway_add 登记网关, boot_enrol 登记新启动标识 (the spool was lost), gateway_end 停用网关';

CREATE TABLE unit_request_answer (
    unit_request_id bigint NOT NULL,
    outcome text NOT NULL,
    remark text NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT unit_request_answer_pk PRIMARY KEY (unit_request_id),
    CONSTRAINT unit_request_answer_request_fk FOREIGN KEY (unit_request_id) REFERENCES unit_request (unit_request_id),
    CONSTRAINT unit_request_answer_outcome_known CHECK (outcome IN ('granted', 'refused')),
    CONSTRAINT unit_request_answer_remark_given CHECK (outcome = 'granted' OR length(trim(remark)) > 0),
    CONSTRAINT unit_request_answer_by_given CHECK (length(trim(answered_by)) > 0)
);
COMMENT ON TABLE unit_request_answer IS '申请答复: granted 同意, refused 不同意 with why; one answer a request, a new request is a new row';

CREATE TABLE change_document (
    change_document_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    meter_change_id integer,
    multiplier_change_id integer,
    subject text NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT change_document_pk PRIMARY KEY (change_document_id),
    CONSTRAINT change_document_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT change_document_meter_change_fk FOREIGN KEY (meter_change_id) REFERENCES meter_change (meter_change_id),
    CONSTRAINT change_document_multiplier_change_fk FOREIGN KEY (multiplier_change_id)
    REFERENCES multiplier_change (multiplier_change_id),
    CONSTRAINT change_document_of_one_change CHECK (num_nonnulls(meter_change_id, multiplier_change_id) = 1),
    CONSTRAINT change_document_subject_known CHECK (subject IN ('old_register', 'new_register', 'certificate', 'other')),
    CONSTRAINT change_document_kind_known CHECK (media_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    CONSTRAINT change_document_size CHECK (octet_length(content) BETWEEN 1 AND 8388608),
    CONSTRAINT change_document_name_given CHECK (length(trim(file_name)) BETWEEN 1 AND 200),
    CONSTRAINT change_document_by_given CHECK (length(trim(added_by)) > 0)
);
CREATE INDEX change_document_of_unit ON change_document (unit_id, change_document_id);
COMMENT ON TABLE change_document IS '换表凭证: photos of both registers and the certificate beside a declared change of a meter or a multiplier';
COMMENT ON COLUMN change_document.subject IS 'old_register 旧表表码照片, new_register 新表表码照片, certificate 检定证书, other 其他';

CREATE TABLE register_upload (
    register_upload_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    file_name text NOT NULL,
    content bytea NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    CONSTRAINT register_upload_pk PRIMARY KEY (register_upload_id),
    CONSTRAINT register_upload_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT register_upload_size CHECK (octet_length(content) BETWEEN 1 AND 16777216),
    CONSTRAINT register_upload_name_given CHECK (length(trim(file_name)) BETWEEN 1 AND 200),
    CONSTRAINT register_upload_by_given CHECK (length(trim(uploaded_by)) > 0)
);
CREATE INDEX register_upload_of_unit ON register_upload (unit_id, register_upload_id DESC);
COMMENT ON TABLE register_upload IS '台账文件: a register file without a fault that waits for its import, or was imported';

CREATE TABLE register_import (
    register_upload_id bigint NOT NULL,
    unit_id integer NOT NULL,
    counts jsonb NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL,
    CONSTRAINT register_import_pk PRIMARY KEY (register_upload_id),
    CONSTRAINT register_import_upload_fk FOREIGN KEY (register_upload_id) REFERENCES register_upload (register_upload_id),
    CONSTRAINT register_import_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT register_import_by_given CHECK (length(trim(imported_by)) > 0)
);
COMMENT ON TABLE register_import IS '台账导入: that an uploaded file was imported, once, and how many rows it added and filled';

DO $$
DECLARE
    guarded text;
    act record;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'unit_request', 'unit_request_answer', 'change_document', 'register_upload', 'register_import'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
            guarded || '_append_only', guarded
        );
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
            guarded || '_no_truncate', guarded
        );
    END LOOP;
    FOR act IN SELECT * FROM (VALUES
        ('unit_request', 'asked_by'), ('unit_request_answer', 'answered_by'), ('change_document', 'added_by'),
        ('register_upload', 'uploaded_by'), ('register_import', 'imported_by')
    ) AS t (acted, by_column) LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE INSERT ON %I FOR EACH ROW WHEN (session_user = ''nenghao_web'')
            EXECUTE FUNCTION act_as_oneself(%L)',
            'a_' || act.acted || '_by_oneself', act.acted, act.by_column
        );
    END LOOP;
END
$$;

SELECT show_to_people('unit_request', 'online', 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)', 'declare');
SELECT show_to_people(
    'unit_request_answer', 'online',
    'EXISTS (SELECT 1 FROM unit_request AS r WHERE r.unit_request_id = unit_request_answer.unit_request_id)', 'ask'
);
SELECT show_to_people('change_document', 'ledger', 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)', 'declare');
SELECT show_to_people('register_upload', 'online', 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)', 'declare');
SELECT show_to_people('register_import', 'online', 'unit_id IN (SELECT u.unit_id FROM seen_unit AS u)', 'declare');

-- A gateway's shard and a spool that was lost are the bureau's business: a unit asks for them.
REVOKE INSERT ON gateway, gateway_boot FROM nenghao_unit;

-- Photos and certificates prove registers that figures rest on. A file that was uploaded is no such thing: the rows that
-- came of it have leaves of their own.
SELECT track_rows('unit_request', 'unit_request_id');
SELECT track_rows('unit_request_answer', 'unit_request_id');
SELECT track_rows('change_document', 'change_document_id');

GRANT SELECT ON unit_request, unit_request_answer, change_document, register_upload, register_import
TO nenghao_console, nenghao_verifier;
GRANT INSERT ON unit_request_answer TO nenghao_console;

-- migrate:down
