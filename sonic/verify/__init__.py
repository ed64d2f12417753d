"""Whether the warehouse says what is true."""
