"""One module per domain: ``opening(world)`` and ``day(world, arrival_day)`` give its tables."""
