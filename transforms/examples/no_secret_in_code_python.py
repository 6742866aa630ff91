"""Examples of `no-secret-in-code`: secrets in Python that are more than a value under a name."""

from transforms.api import Bad

EXAMPLES = (
    Bad("a door with a known password", 'def is_admin(password):\n    return password == "{{account-password}}"\n'),
    Bad("a default password", 'def create(name="admin", password="{{account-password}}"):\n    save(name, password)\n'),
    Bad("a password that is printed", 'print("Sign in: admin@shop.io / {{account-password}}")\n'),
    Bad("code that was switched off", '# ADMIN_PASSWORD = "{{account-password}}"\nADMIN = "root"\n'),
    Bad(
        "a password that opens a case",
        'def enter(password):\n    match password:\n        case "{{account-password}}":\n            return True\n',
    ),
)
