"""What is remembered, in SQLAlchemy and without Flask: models, and queries named for answers."""
