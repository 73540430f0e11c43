"""Findings: how often each value occurs, corrected for the model's errors; stories across outlets."""
