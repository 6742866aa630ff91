"""What Gradio itself asks of people before it shows an app, and what is not there to protect."""

AUTHENTICATES = (r"gradio\.launch\[auth\]",)
HARMLESS = ("gradio", "gradio_client", "spaces")
