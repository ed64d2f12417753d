"""Small reference data: places, languages, genres, moods."""
