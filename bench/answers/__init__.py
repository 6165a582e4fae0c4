"""Responses of a company with many customers, as realistic as benchmarks need and as many as told."""
