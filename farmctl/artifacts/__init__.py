"""What farmctl keeps: bytes named by their digest, and what each was made from."""
