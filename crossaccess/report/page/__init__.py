"""One page that tells all of it: who may do what, how it is drawn, which policies say so."""
