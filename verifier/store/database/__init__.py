"""The database: tables, migrations, and rows whose health fields are sealed; the only home of SQLAlchemy."""
