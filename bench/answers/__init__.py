"""Responses of a company with many customers, realistic ones, and as many as told."""
