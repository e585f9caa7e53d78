"""A unit's own pages: what arrived, what is complete, drafts and filings, meters, registers, gateways, who looked."""
