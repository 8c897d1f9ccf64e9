"""Whose API this speaks, and which release this is."""

GRAFANA = "9.3.2"  # clients decide by it what to send
VERSION = "0.1.0"
