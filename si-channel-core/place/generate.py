#!/usr/bin/env python3
"""Writes zones.txt and regions.txt from the maps of libphonenumber.

    pip install --target ENV phonenumbers==9.0.43 && PYTHONPATH=ENV python3 generate.py

Building the channel does not need this. A newer version changes the figures that place/tests.rs holds.
"""

import collections
import hashlib
import inspect
import pathlib
import re

import phonenumbers
from phonenumbers import geodata, tzdata
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.tzdata import data0

HERE = pathlib.Path(__file__).parent

STATES = {
    "US": """Alabama AL;Alaska AK;Arizona AZ;Arkansas AR;California CA;Colorado CO;Connecticut CT;Delaware DE;
        Washington D.C. DC;Florida FL;Georgia GA;Hawaii HI;Idaho ID;Illinois IL;Indiana IN;Iowa IA;Kansas KS;
        Kentucky KY;Louisiana LA;Maine ME;Maryland MD;Massachusetts MA;Michigan MI;Minnesota MN;Mississippi MS;
        Missouri MO;Montana MT;Nebraska NE;Nevada NV;New Hampshire NH;New Jersey NJ;New Mexico NM;New York NY;
        North Carolina NC;North Dakota ND;Ohio OH;Oklahoma OK;Oregon OR;Pennsylvania PA;Rhode Island RI;
        South Carolina SC;South Dakota SD;Tennessee TN;Texas TX;Utah UT;Vermont VT;Virginia VA;
        Washington State WA;West Virginia WV;Wisconsin WI;Wyoming WY""",
    "CA": """Alberta AB;British Columbia BC;British Colombia BC;Manitoba MB;New Brunswick NB;
        Newfoundland and Labrador NL;Nova Scotia NS;Prince Edward Island PE;Northwest Territories NT;Nunavut NU;
        Ontario ON;Quebec QC;Saskatchewan SK;Yukon YT""",
}

# Area codes that the geographic map describes by longer prefixes alone, and those outside the two countries.
OTHERS = {
    "US-CT": "203", "US-TX": "713", "US-NY": "718", "CA-ON": "905",
    "US-PR": "787 939", "US-VI": "340", "US-GU": "671", "US-MP": "670", "US-AS": "684",
    "BS": "242", "BB": "246", "AI": "264", "AG": "268", "VG": "284", "KY": "345", "BM": "441", "GD": "473",
    "TC": "649", "JM": "658 876", "MS": "664", "SX": "721", "LC": "758", "DM": "767", "VC": "784",
    "DO": "809 829 849", "TT": "868", "KN": "869",
}

# Countries that share a calling code and have prefixes of their own within it.
WITHIN = {"KZ": "76 77", "AX": "35818", "BQ": "5993 5994 5997", "CW": "5999", "SJ": "4779", "IM": "441624 447624"}


def states():
    names, codes = {}, set()
    for country, text in STATES.items():
        for entry in text.split(";"):
            name, code = entry.strip().rsplit(" ", 1)
            names[name] = f"{country}-{code}"
            codes.add(f"{country}-{code}")
    return names, codes


def places_of(description, names, codes):
    """`Nova Scotia/Prince Edward Island`, `Chicago, IL`, `New Jersey`: the states of an area code."""
    city = re.fullmatch(r".*, ([A-Z]{2})", description)
    if city:
        return [next(f"{c}-{city[1]}" for c in ("US", "CA") if f"{c}-{city[1]}" in codes)]
    return sorted(names[part] for part in description.split("/"))


def regions():
    names, codes = states()
    found = collections.defaultdict(list)
    for prefix, description in geodata.GEOCODE_DATA.items():
        if prefix[0] == "1" and len(prefix) == 4:
            found[",".join(places_of(description["en"], names, codes))].append(prefix)
    for place, areas in OTHERS.items():
        found[place] += [f"1{area}" for area in areas.split()]
    for place, prefixes in WITHIN.items():
        found[place] += prefixes.split()
    for code, countries in COUNTRY_CODE_TO_REGION_CODE.items():
        # Toll-free and new area codes: of either country.
        countries = ("US", "CA") if code == 1 else countries
        if countries != ("001",):
            found[",".join(countries)].append(str(code))
    return found


def zones():
    found = collections.defaultdict(list)
    for prefix, names in tzdata.TIMEZONE_DATA.items():
        found[",".join(names)].append(prefix)
    return found


def write(name, what, groups):
    digest = hashlib.sha256(pathlib.Path(inspect.getfile(data0)).read_bytes()).hexdigest()
    lines = [
        f"# {what}",
        "# by the digits that a number begins with after the plus; the longest that fits counts.",
        f"# From libphonenumber by generate.py: PyPI phonenumbers {phonenumbers.__version__} (Apache 2.0), tzdata/data0.py of",
        f"# SHA-256 {digest}",
    ]
    lines += [f"{key} {' '.join(sorted(prefixes))}" for key, prefixes in sorted(groups.items())]
    (HERE / name).write_text("\n".join(lines) + "\n")


write("zones.txt", "Time zones", zones())
write("regions.txt", "Countries (ISO 3166-1), states of the United States and provinces of Canada (ISO 3166-2)", regions())
