"""What one can do with the marts beyond SQL; each file runs by itself."""
