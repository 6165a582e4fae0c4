"""What leaves the server: mail, and the worker that sends it. Knows no Flask."""
