"""Rules: when a finished response says this, then do that."""
