"""Entity-relationship diagrams: what PostgreSQL's catalogue tells of the raw schema, and the stars of the facts."""
