-- migrate:up
-- Why: monitored balance, draft and filing are three objects that are never merged; a release seals one of them.
-- Locks: none that matter, the tables are new. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

CREATE TABLE monitored_balance (
    balance_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    version integer NOT NULL,
    layout_edition text NOT NULL,
    coefficient_edition text NOT NULL,
    content_hash_algorithm text NOT NULL,
    content_hash bytea NOT NULL,
    computed_at timestamptz NOT NULL,
    CONSTRAINT monitored_balance_pk PRIMARY KEY (balance_id),
    CONSTRAINT monitored_balance_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT monitored_balance_version_unique UNIQUE (unit_id, month_on, version),
    CONSTRAINT monitored_balance_starts_month CHECK (extract(DAY FROM month_on) = 1)
);
COMMENT ON TABLE monitored_balance IS '监测测算值: a unit''s month from meters, laid out as 205-1; stands beside a filing, never inside it';

CREATE TABLE balance_cell (
    balance_id bigint NOT NULL,
    row_code text NOT NULL,
    column_code text NOT NULL,
    value numeric NOT NULL,
    unit text NOT NULL,
    completeness numeric NOT NULL,
    measured_share numeric,
    coefficient_code text,
    source_point_ids integer[] NOT NULL,
    CONSTRAINT balance_cell_pk PRIMARY KEY (balance_id, row_code, column_code),
    CONSTRAINT balance_cell_balance_fk FOREIGN KEY (balance_id) REFERENCES monitored_balance (balance_id),
    CONSTRAINT balance_cell_coefficient_fk FOREIGN KEY (coefficient_code) REFERENCES coal_coefficient (coefficient_code)
);
COMMENT ON TABLE balance_cell IS '单元格: exact, unrounded; a cell that meters cannot give has no row, never a zero';
COMMENT ON COLUMN balance_cell.row_code IS '代码 (205-1 丙)';
COMMENT ON COLUMN balance_cell.column_code IS '栏次 (205-1), with tce for the standard-coal equivalent of column 4';
COMMENT ON COLUMN balance_cell.completeness IS '完整率: received / due slots of the points behind the cell';
COMMENT ON COLUMN balance_cell.measured_share IS '实测占比: energy between real registers / energy published; null where no energy is published';

CREATE TABLE draft (
    draft_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    content jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL,
    CONSTRAINT draft_pk PRIMARY KEY (draft_id),
    CONSTRAINT draft_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id)
);
COMMENT ON TABLE draft IS '底稿: the unit''s own; no government role may read it before it is filed';

CREATE TABLE filing (
    filing_id bigint GENERATED ALWAYS AS IDENTITY,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    version integer NOT NULL,
    content jsonb NOT NULL,
    reason text NOT NULL,
    filled_by text NOT NULL,
    statistics_head text NOT NULL,
    unit_head text NOT NULL,
    filed_at timestamptz NOT NULL,
    collected_under text NOT NULL,
    CONSTRAINT filing_pk PRIMARY KEY (filing_id),
    CONSTRAINT filing_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT filing_version_unique UNIQUE (unit_id, month_on, version)
);
COMMENT ON TABLE filing IS '上报数: the unit''s act with its three signers; changed only by the unit''s own new filing';
COMMENT ON COLUMN filing.filled_by IS '填表人';
COMMENT ON COLUMN filing.statistics_head IS '统计负责人';
COMMENT ON COLUMN filing.unit_head IS '单位负责人';

CREATE TABLE release (
    release_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    unit_id integer NOT NULL,
    month_on date NOT NULL,
    version integer NOT NULL,
    balance_id bigint,
    restates_release_id bigint,
    format_version text NOT NULL,
    content bytea NOT NULL,
    hash_algorithm text NOT NULL,
    hash bytea NOT NULL,
    signature_algorithm text NOT NULL,
    signature bytea NOT NULL,
    key_id text NOT NULL,
    archive bytea NOT NULL,
    archive_name text NOT NULL,
    archive_hash_algorithm text NOT NULL,
    archive_hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT release_pk PRIMARY KEY (release_id),
    CONSTRAINT release_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT release_balance_fk FOREIGN KEY (balance_id) REFERENCES monitored_balance (balance_id),
    CONSTRAINT release_restates_fk FOREIGN KEY (restates_release_id) REFERENCES release (release_id),
    CONSTRAINT release_version_unique UNIQUE (kind, unit_id, month_on, version),
    CONSTRAINT release_kind_known CHECK (kind IN ('monitored_balance', 'filing', 'aggregate')),
    CONSTRAINT release_restates_earlier CHECK ((version = 1) = (restates_release_id IS NULL))
);
COMMENT ON TABLE release IS '发布: canonical bytes, hash and signature of what was sealed; a restatement is a new version that names the old one';
COMMENT ON COLUMN release.content IS '规范字节: RFC 8785 JSON, decimals as strings';
COMMENT ON COLUMN release.archive IS '发布包: the zip as handed out, so that it can be compared byte for byte';

-- migrate:down
