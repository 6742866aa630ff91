"""LLM help, thin: typed questions, typed answers, and nothing a model says is trusted. Imports stay lazy."""
