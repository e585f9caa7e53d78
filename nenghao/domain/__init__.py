"""What energy statistics mean, without I/O, clock or environment; imports the standard library only."""
