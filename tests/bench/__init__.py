"""Speed, measured in one run so that the ratios hold on a noisy machine. `make bench`; nothing here is a test."""
