"""What an operator does from the command line, beyond what an action covers."""
