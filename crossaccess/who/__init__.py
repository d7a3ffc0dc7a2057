"""Who gets in: all principals, what each may do, where, by which method and on which conditions."""
