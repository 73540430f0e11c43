"""What the scored articles say: stories across outlets, their quotations, differences of outlets."""
