"""What `route-requires-auth` finds and patches in Streamlit apps."""

from transforms.api import Bad, Good

SHOP = """import sqlite3

import streamlit as st

st.set_page_config(page_title="Shop")

st.title("Orders")
if st.button("Delete all"):
    sqlite3.connect("shop.db").execute("DELETE FROM orders")
"""

SIGN_IN = """if not st.user.get("is_logged_in"):
    st.login()
    st.stop()
"""

LOGIN = """import streamlit as st


def require_login():
    if not st.session_state.get("logged_in"):
        st.warning("Please sign in.")
        st.stop()
"""

ENTRY = """import streamlit as st
from login import require_login

require_login()
st.dataframe(read_orders())
"""

FORGOTTEN = """import streamlit as st
from shop import delete_orders

st.title("Administration")
if st.button("Delete all"):
    delete_orders()
"""

KEY = """import streamlit as st

if not st.session_state.get("logged_in"):
    st.stop()
st.dataframe(read_orders())
"""

NEW = (".gitignore", ".streamlit/secrets.toml.example", "tests/test_controls_identity.py")

EXAMPLES = (
    Good(
        "a page of Streamlit behind its own sign-in",
        SHOP.replace("\nst.title", f"\n{SIGN_IN}st.title"),
    ),
    Good(
        "a password that is compared",
        """import streamlit as st

typed = st.text_input("Password", type="password")
if typed != st.secrets["password"]:
    st.stop()
st.dataframe(read_orders())
""",
    ),
    Good(
        "everything is shown in the branch of those who are signed in",
        """import streamlit as st


def show_orders():
    st.dataframe(read_orders())


def show_login():
    password = st.text_input("Password", type="password")
    if st.button("Sign in") and verify(password):
        st.session_state["logged_in"] = True


if st.session_state.get("logged_in"):
    show_orders()
else:
    show_login()
""",
    ),
    Good(
        "the entry asks before it runs any page of its navigation",
        {
            "app.py": "import streamlit as st\nfrom login import require_login\n\nrequire_login()\n"
            'st.navigation([st.Page("views/orders.py")]).run()\n',
            "login.py": LOGIN,
            "views/orders.py": "import streamlit as st\n\nst.dataframe(read_orders())\n",
        },
    ),
    Good("a module with helpers is no page", LOGIN),
    Bad(
        "an app without any sign-in gets Streamlit's own, behind the page's configuration",
        {"app.py": SHOP, "requirements.txt": "streamlit>=1.45\n"},
        {
            "app.py": SHOP.replace("\nst.title", f"\n{SIGN_IN}st.title"),
            "requirements.txt": "streamlit>=1.45\nAuthlib>=1.3.2,<2\n",
        },
        adds=NEW,
    ),
    Bad(
        "a key that is typed for another service is no sign-in",
        'import streamlit as st\n\nkey = st.text_input("Key", type="password")\nif not key:\n    st.stop()\n'
        'st.chat_input("Ask")\n',
        f'import streamlit as st\n\n{SIGN_IN}key = st.text_input("Key", type="password")\nif not key:\n    st.stop()\n'
        'st.chat_input("Ask")\n',
        adds=NEW,
    ),
    Bad(
        "a page was forgotten: the function that the others call goes in front of it",
        {"app.py": ENTRY, "login.py": LOGIN, "pages/2_Admin.py": FORGOTTEN},
        {
            "pages/2_Admin.py": FORGOTTEN.replace(
                "orders\n\nst.title", "orders\n\nfrom login import require_login\n\nrequire_login()\nst.title"
            )
        },
    ),
    Bad(
        "a page was forgotten: the key of the session that the others look at",
        {"app.py": KEY, "pages/2_Admin.py": FORGOTTEN},
        {
            "pages/2_Admin.py": FORGOTTEN.replace(
                "st.title",
                'if not st.session_state.get("logged_in"):\n    st.error("Please sign in first.")\n    st.stop()\n'
                "st.title",
            )
        },
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "one condition closes every page of a menu",
        """import streamlit as st


def orders():
    st.dataframe(read_orders())


def admin():
    st.button("Delete all", on_click=delete_orders)


def main():
    st.set_page_config(page_title="Shop")
    page = st.sidebar.radio("Page", ["Orders", "Admin"])
    if page == "Orders":
        orders()
    elif page == "Admin":
        admin()


main()
""",
        """import streamlit as st


def orders():
    st.dataframe(read_orders())


def admin():
    st.button("Delete all", on_click=delete_orders)


def main():
    st.set_page_config(page_title="Shop")
    if not st.user.get("is_logged_in"):
        st.login()
        st.stop()
    page = st.sidebar.radio("Page", ["Orders", "Admin"])
    if page == "Orders":
        orders()
    elif page == "Admin":
        admin()


main()
""",
        findings=3,
        adds=NEW,
    ),
)
