"""How much a running bot takes: signed events on the Zalo OA webhook, answered to a stand-in of Zalo.

The bot, the generator of events and the stand-in are processes of their own. Beside it the same
events go to a route that does nothing, on the same server. `make bench-load`
"""
