"""What a unit drafts, signs and files, and what the bureau asks of it, accepts and locks."""
