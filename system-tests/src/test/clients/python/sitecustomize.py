"""Python runs this at its start. It gives clients that know one address only another one: that in POSTERN_GATEWAY."""
import os

_gateway = os.environ.get("POSTERN_GATEWAY")
if _gateway:
    try:
        from digitalocean import baseapi

        _init = baseapi.BaseAPI.__init__

        def _at_the_gateway(self, *arguments, **named):
            _init(self, *arguments, **named)
            self.end_point = _gateway + "/v2/"

        baseapi.BaseAPI.__init__ = _at_the_gateway
    except ImportError:
        pass
