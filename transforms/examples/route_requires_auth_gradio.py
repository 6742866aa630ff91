"""What `route-requires-auth` finds and patches in Gradio apps."""

from transforms.api import Bad, Good

DEMO = """import gradio as gr
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()


def signed_in(request: Request):
    user = request.session.get("user")
    if user is None:
        raise HTTPException(status_code=401)
    return user


@app.get("/orders")
def orders(user=Depends(signed_in)):
    return []


def answer(question):
    return question


def purge():
    return delete_orders()


with gr.Blocks() as demo:
    with gr.Tab("Ask"):
        gr.Button("Ask").click(answer, gr.Textbox(), gr.Textbox())
    with gr.Tab("Admin"):
        gr.Button("Delete all").click(purge)

app = gr.mount_gradio_app(app, demo, path="/ui"{asked})
"""

LAUNCHED = """import gradio as gr


def answer(question):
    return question


demo = gr.Interface(fn=answer, inputs="text", outputs="text")
demo.launch({asked})
"""

EXAMPLES = (
    Good("Gradio asks for a password", LAUNCHED.format(asked='auth=("shop", read_password())')),
    Good("whether it asks is decided at run time", LAUNCHED.format(asked="auth=AUTH if PUBLISHED else None")),
    Good("the app around it says who may open it", DEMO.format(asked=", auth_dependency=signed_in")),
    Bad(
        "a dependency of the app around does not reach a mounted app: its own guard becomes the auth_dependency",
        {"main.py": DEMO.format(asked="")},
        {"main.py": DEMO.format(asked=", auth_dependency=signed_in")},
        findings=2,
        adds=("tests/test_controls_identity.py",),
    ),
    Bad("a launched app is for a person to close", LAUNCHED.format(asked='server_name="0.0.0.0"')),
    Bad(
        "a function that knows nobody asks nothing",
        LAUNCHED.format(asked="auth=lambda name, password: True"),
    ),
)
