"""Tests that patches add."""
