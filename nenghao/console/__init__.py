"""The web console and its HTTP API: pages over the same functions and tables as the commands."""
