//! National numbering plans of some dozens of countries, as far as validation, line types and formatting need.
//!
//! From the national plans that the ITU lists (<https://www.itu.int/oth/T0202.aspx?parent=T0202>). They are
//! coarse: ranges are known by their first digits, and unassigned blocks within a range pass.

use super::LineType;

/// One country's plan.
#[derive(Debug)]
pub(super) struct Plan {
    /// What people dial before the national number.
    pub(super) trunk: &'static str,
    /// How many digits a national number has, at least and at most.
    pub(super) lengths: (usize, usize),
    /// First digits of mobile numbers; `?` is any digit.
    mobile: &'static str,
    /// First digits of freephone numbers.
    toll_free: &'static str,
    /// How numbers are written: first digits, `=`, a template in which `#` is a digit and `*` the rest.
    formats: &'static str,
    /// The mobile country code.
    pub(super) mcc: &'static str,
}

/// Country, trunk prefix, lengths, mobile, freephone, formats, mobile country code.
type Row =
    (&'static str, &'static str, (usize, usize), &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: [Row; 56] = [
    ("AE", "0", (8, 9), "5", "800", "5=0## ### ####|=0# ### ####", "424"),
    ("AT", "0", (6, 13), "65 66 67 68 69", "800", "6=0### *|1=0# *|=0### *", "232"),
    ("AU", "0", (9, 10), "4", "180", "4=0### ### ###|1=#### ### ###|=(0#) #### ####", "505"),
    ("BD", "0", (8, 10), "1", "", "1=0####-######|=0*", "470"),
    ("BE", "0", (8, 9), "4", "800", "4=0### ## ## ##|2=0# ### ## ##|3=0# ### ## ##|=0## ## ## ##", "206"),
    ("BR", "0", (10, 11), "??9????????", "800", "??9=(##) #####-####|=(##) ####-####", "724"),
    ("CH", "0", (9, 9), "74 75 76 77 78 79", "800", "=0## ### ## ##", "228"),
    ("CL", "", (9, 9), "9", "800", "=# #### ####", "730"),
    ("CN", "0", (10, 11), "13 14 15 16 17 18 19", "800", "1=### #### ####|=0## #### ####", "460"),
    ("CO", "", (10, 10), "3", "1800", "3=### #######|=(###) #######", "732"),
    ("CZ", "", (9, 9), "60 70 72 73 77 79", "800", "=### ### ###", "230"),
    ("DE", "0", (5, 11), "15 16 17", "800", "15=0#### *|16=0### *|17=0### *|30=0## *|40=0## *|69=0## *|89=0## *|800=0### *|=0#### *", "262"),
    ("DK", "", (8, 8), "2 30 31 40 41 42 50 51 52 53 60 61 71 81 91 92 93", "80", "=## ## ## ##", "238"),
    ("EG", "0", (8, 10), "10 11 12 15", "800", "1=0### ### ####|=0# *", "602"),
    ("ES", "", (9, 9), "6 7", "800 900", "=### ## ## ##", "214"),
    ("FI", "0", (5, 12), "4 50", "800", "4=0## *|5=0## *|=0# *", "244"),
    ("FR", "0", (9, 9), "6 7", "80", "8=0 ### ## ## ##|=0# ## ## ## ##", "208"),
    ("GB", "0", (9, 10), "71 72 73 74 75 77 78 79", "80", "7=0#### ######|2=0## #### ####|11=0### ### ####|1?1=0### ### ####|1=0#### *|=0### ### ####", "234"),
    ("GH", "0", (9, 9), "2 5", "800", "=0## ### ####", "620"),
    ("GR", "", (10, 10), "69", "800", "2=##########|=### ### ####", "202"),
    ("HK", "", (8, 8), "5 6 7 9", "800", "=#### ####", "454"),
    ("HU", "06", (8, 9), "20 30 31 50 70", "80", "1=(06 #) ### ####|=(06 ##) *", "216"),
    ("ID", "0", (7, 12), "8", "800", "8=0###-####-*|=0## *", "510"),
    ("IE", "0", (7, 9), "82 83 85 86 87 88 89", "1800", "8=0## ### ####|1=(0#) ### ####|=(0##) *", "272"),
    ("IL", "0", (8, 10), "5", "1800", "5=0##-###-####|=0#-###-####", "425"),
    ("IN", "0", (10, 10), "6 7 8 9", "1800", "1=0## #### ####|=0##### #####", "404"),
    ("IT", "", (6, 11), "3", "800 803", "3=### ### ####|02=## *|06=## *|0=### *|=### *", "222"),
    ("JP", "0", (9, 10), "70 80 90", "120 800", "3=0#-####-####|6=0#-####-####|120=0###-###-###|=0##-####-####", "440"),
    ("KE", "0", (7, 10), "1 7", "800", "=0### ######", "639"),
    ("KR", "0", (8, 10), "1", "80", "2=0#-####-####|1=0##-####-####|=0##-###-####", "450"),
    ("KZ", "8", (10, 10), "70 74 77", "800", "=8 (###) ###-##-##", "401"),
    ("MA", "0", (9, 9), "6 7", "80", "=0###-######", "604"),
    ("MX", "", (10, 10), "?", "800", "33=## #### ####|55=## #### ####|56=## #### ####|81=## #### ####|=### ### ####", "334"),
    ("MY", "0", (8, 10), "1", "1800", "11=0##-#### ####|1=0##-### ####|=0#-#### ####", "502"),
    ("NG", "0", (7, 10), "70 80 81 90 91", "800", "7=0### ### ####|8=0### ### ####|9=0### ### ####|=0# *", "621"),
    ("NL", "0", (9, 9), "6", "800", "6=0# ########|=0## ### ####", "204"),
    ("NO", "", (8, 8), "4 9", "80", "4=### ## ###|9=### ## ###|=## ## ## ##", "242"),
    ("NZ", "0", (8, 10), "2", "508 800", "2=0## ### *|=0#-### ####", "530"),
    ("PE", "0", (8, 9), "9", "800", "9=### ### ###|=(0#) #######", "716"),
    ("PH", "0", (8, 10), "9", "1800", "9=0### ### ####|=(0#) #### ####", "515"),
    ("PK", "0", (9, 10), "3", "800", "3=0### #######|=(0##) *", "410"),
    ("PL", "", (9, 9), "45 50 51 53 57 60 66 69 72 73 78 79 88", "800", "45=### ### ###|5=### ### ###|6=### ### ###|7=### ### ###|8=### ### ###|=## ### ## ##", "260"),
    ("PT", "", (9, 9), "9", "800", "=### ### ###", "268"),
    ("RO", "0", (9, 9), "7", "800", "2=0## ### ####|=0### ### ###", "226"),
    ("RU", "8", (10, 10), "9", "800", "=8 (###) ###-##-##", "250"),
    ("SA", "0", (8, 9), "5", "800", "=0## ### ####", "420"),
    ("SE", "0", (7, 9), "7", "20", "7=0##-### ## ##|8=0#-*|=0##-*", "240"),
    ("SG", "", (8, 8), "8 9", "800", "=#### ####", "525"),
    ("TH", "0", (8, 9), "6 8 9", "1800", "2=0# ### ####|=0## ### ####", "520"),
    ("TR", "0", (10, 10), "5", "800", "5=0### ### ## ##|=(0###) ### ## ##", "286"),
    ("TW", "0", (8, 9), "9", "800", "9=0### ### ###|=0# *", "466"),
    ("UA", "0", (9, 9), "39 50 63 66 67 68 73 9", "800", "=0## ### ####", "255"),
    ("VN", "0", (9, 10), "3 5 7 8 9", "1800", "=0## ### ## ##", "452"),
    ("ZA", "0", (9, 9), "6 7 81 82 83 84", "80", "=0## ### ####", "655"),
    ("US", "1", (10, 10), "", "", "=(###) ###-####", "310"),
    ("CA", "1", (10, 10), "", "", "=(###) ###-####", "302"),
];

/// The plan of a country that has one here.
pub(super) fn of(country: &str) -> Option<Plan> {
    let (_, trunk, lengths, mobile, toll_free, formats, mcc) = *ROWS.iter().find(|row| row.0 == country)?;
    Some(Plan { trunk, lengths, mobile, toll_free, formats, mcc })
}

impl Plan {
    pub(super) fn line_type(&self, national: &str) -> LineType {
        let among = |list: &str| list.split(' ').any(|prefix| !prefix.is_empty() && begins(national, prefix));
        match (among(self.toll_free), among(self.mobile)) {
            (true, _) => LineType::TollFree,
            (false, true) => LineType::Mobile,
            (false, false) => LineType::Landline,
        }
    }

    /// The number as people of the country write it; plain digits when its length has no format.
    pub(super) fn format(&self, national: &str) -> String {
        self.formats
            .split('|')
            .filter_map(|format| format.split_once('='))
            .filter(|(prefix, _)| begins(national, prefix))
            .find_map(|(_, template)| fill(template, national))
            .unwrap_or_else(|| format!("{}{national}", self.trunk))
    }
}

fn begins(national: &str, prefix: &str) -> bool {
    national.len() >= prefix.len()
        && national.bytes().zip(prefix.bytes()).all(|(digit, wanted)| wanted == b'?' || digit == wanted)
}

/// Puts digits into a template; `None` when they do not fit.
fn fill(template: &str, digits: &str) -> Option<String> {
    let mut rest = digits.chars();
    let mut text = String::new();
    for c in template.chars() {
        match c {
            '#' => text.push(rest.next()?),
            '*' => text.extend(rest.by_ref()),
            other => text.push(other),
        }
    }
    rest.next().is_none().then_some(text)
}
