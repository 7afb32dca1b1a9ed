"""Keys that are no secret, since a provider published them."""

from __future__ import annotations

DOCUMENTED = frozenset(
    {
        "AKIAIOSFODNN7" + "EXAMPLE",
        "AKIAI44QH8DHB" + "EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
        "je7MtGbClwBF/2Zp9Utk/" + "h3yCo8nvbEXAMPLEKEY",
        "wJalrXUtnFEMI7K7MDENG8" + "bPxRfiCYEXAMPLEKEY",
        "JalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzEXAMPLEKEY",
        "zuf+tfteSlswRu7BJ86w" + "ekitnifILbZam1KYY3TG",
        "my-minio-key:" + "OSMM+vkKUTCvQs9YL/CVMIMt43HFhkUpqJxTmGl6rYw=",
        "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "sk_test_" + "BQokikJOvBiI2HlWgH4olfQ2",
        "1x00000000000000000000" + "00000000000AA",
        "2x00000000000000000000" + "00000000000AA",
        "3x00000000000000000000" + "00000000000AA",
        "wOEI9rqqbDwnN8/Bpp22s" + "Vz48T71vJ4fYmFWujulwUU=",
        "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-" + "1awxwuwd3z9j1z3puu7rcgdbx",
        "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-" + "7p73s1dx5in4tatdymyhg9hu2",
        "SWMTKN-1-49nj1cmql0jkz5s954yi3oex3nedyz0fb0xx14ie39trti4wxv-" + "8vxv8rssmk743ojnwacrr2e7c",
        "SWMKEY-1-" + "WuYH/IX284+lRcXuoVf38viIDK3HJEKY13MIHX+tTt8",
        "SWMKEY-1-" + "7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8",
        "CCIPAT_ULUhR6rJLxYbyzyrP19iMZ_" + "8fb1e3510325f7f09361de22b9420346c53ca2cb",
        "pdl_live_apikey_01gtgztp8f4kek3yd4g1wrksa3_" + "q6TGTJyvoIz7LDtXT65bX7_AQO",
        "sb_secret_" + "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz",
        "dt0s01.ST2EY72KQINMH574WMNVI7YN." + "G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM",
        "dt0c01.ST2EY72KQINMH574WMNVI7YN." + "G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1" + "OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEH" + "LM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
    }
)
"""Examples of the providers' own documentation, and the keys with which their local emulators start: Stripe, Supabase, Dynatrace,
Docker Swarm, CircleCI, Paddle, Azurite, the Cosmos DB emulator, Turnstile, WireGuard in Gluetun, the public
playground of MinIO and its key of examples for encryption."""
