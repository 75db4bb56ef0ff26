"""About how many tokens a text has, where no server can be asked."""


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has.

    Three bytes of UTF-8 a token: more than prose has, so that what fits by this estimate mostly
    fits the server, too.

    Args:
        text: The text.

    Example:
        >>> estimated_tokens("Why is the sky blue?")
        7
    """
    return -(-len(text.encode(errors="replace")) // 3)
