"""The rules of the audit, and how Great Expectations runs them."""
