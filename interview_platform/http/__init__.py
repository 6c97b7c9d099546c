"""How the API speaks: envelope, pagination, request ids, conditional and patient answers."""
