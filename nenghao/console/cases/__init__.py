"""Auditors' pages: the worklist, a case with its curves and evidence, mutes, the monthly sample."""
