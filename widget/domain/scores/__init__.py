"""What many answers say together, each number with how sure one can be of it."""
