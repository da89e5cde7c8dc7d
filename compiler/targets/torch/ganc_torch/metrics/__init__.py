"""Metrics of reports: what ganc's own compute, in float64 (docs/reference.md says what each is)."""
