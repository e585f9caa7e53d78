"""One plain function per scheduled step; each is safe to run twice."""
