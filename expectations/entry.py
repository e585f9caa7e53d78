"""What a DAG task calls: settings from the environment, the clock, small numbers back."""

from datetime import UTC, datetime

from nenghao.config import load_settings


def run_audit_days() -> dict[str, int]:
    """Audit every closed day that changed."""
    from expectations.runner import audit_pending

    return audit_pending(load_settings(), datetime.now(UTC)).counts()


def run_audit_standing() -> dict[str, int]:
    """Audit what is registered, told and filed, as it stands now."""
    from expectations.standing import audit_standing

    return audit_standing(load_settings(), datetime.now(UTC)).counts()


def run_audit_returns() -> dict[str, int]:
    """Check the relations of every balance and filing that is new."""
    from expectations.returns import audit_return

    return audit_return(load_settings(), datetime.now(UTC)).counts()
