"""Documents that are written from the project itself: how numbers come about, the data dictionary, the site."""
