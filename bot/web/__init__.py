"""The citizens' chat page: what may come in, how it looks, what the browser is told to allow."""
