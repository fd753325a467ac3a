"""Why containers are made anew, field by field. Nothing of it is loaded while nothing has changed."""
