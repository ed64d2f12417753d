"""What measures speed: ratios within one run, as machines differ and are shared."""
