"""The demo: real meter data from registry packages, presented as three units' meters, and four planted frauds."""
