-- upsert_variety --
-- A row of the form; the same edition and code again takes the new content.
INSERT INTO variety (edition, variety_code, form_unit, source, confidence, valid_from, valid_to)
VALUES (
    %(edition)s, %(variety_code)s, %(form_unit)s, %(source)s, %(confidence)s, %(valid_from)s::date, %(valid_to)s::date
)
ON CONFLICT (edition, variety_code) DO UPDATE SET
    form_unit = excluded.form_unit,
    source = excluded.source,
    confidence = excluded.confidence,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to
WHERE
    (variety.form_unit, variety.source, variety.confidence, variety.valid_from, variety.valid_to)
    IS DISTINCT FROM (
        excluded.form_unit, excluded.source, excluded.confidence, excluded.valid_from, excluded.valid_to
    );

-- upsert_coal_coefficient --
-- A coefficient; its value never changes under its code, only what is said about it does.
INSERT INTO coal_coefficient (
    coefficient_code, edition, variety_code, basis, form_unit, tce_per_form_unit, valid_from, valid_to, source, confidence
)
VALUES (
    %(coefficient_code)s, %(edition)s, %(variety_code)s, %(basis)s, %(form_unit)s, %(tce_per_form_unit)s,
    %(valid_from)s, %(valid_to)s, %(source)s, %(confidence)s
)
ON CONFLICT (coefficient_code) DO UPDATE SET
    valid_to = excluded.valid_to,
    source = excluded.source,
    confidence = excluded.confidence
WHERE
    (coal_coefficient.valid_to, coal_coefficient.source, coal_coefficient.confidence)
    IS DISTINCT FROM (excluded.valid_to, excluded.source, excluded.confidence);

-- changed_coefficients --
-- Codes of the given coefficients whose stored value, unit, variety or basis differs from the given one; should be none.
SELECT stored.coefficient_code
FROM unnest(
    %(coefficient_codes)s::text[], %(varieties)s::text[], %(bases)s::text[], %(form_units)s::text[], %(values)s::numeric[]
) AS given (coefficient_code, variety_code, basis, form_unit, tce_per_form_unit)
INNER JOIN coal_coefficient AS stored ON given.coefficient_code = stored.coefficient_code
WHERE
    (stored.variety_code, stored.basis, stored.form_unit, stored.tce_per_form_unit)
    IS DISTINCT FROM (given.variety_code, given.basis, given.form_unit, given.tce_per_form_unit)
ORDER BY stored.coefficient_code;

-- upsert_form_relation --
-- A relation of a form; the same edition, form and code again takes the new content.
INSERT INTO form_relation (edition, form_code, relation_code, obligation, definition, source, confidence)
VALUES (
    %(edition)s, %(form_code)s, %(relation_code)s, %(obligation)s, %(definition)s::jsonb, %(source)s, %(confidence)s
)
ON CONFLICT (edition, form_code, relation_code) DO UPDATE SET
    obligation = excluded.obligation,
    definition = excluded.definition,
    source = excluded.source,
    confidence = excluded.confidence
WHERE
    (form_relation.obligation, form_relation.definition, form_relation.source, form_relation.confidence)
    IS DISTINCT FROM (excluded.obligation, excluded.definition, excluded.source, excluded.confidence);
