"""The demo: real meter data from registry packages, presented as three units' meters, with four frauds planted in copies."""
