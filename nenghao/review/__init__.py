"""Cases and the decisions of people on them."""
