-- Who may open the data database; run once by a superuser inside it, after it was made. Safe to run again.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier,
        nenghao_unit, nenghao_web',
        current_database()
    );
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO nenghao_collector, nenghao_jobs, nenghao_rules', current_database());
END
$$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
