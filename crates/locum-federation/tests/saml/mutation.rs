//! Whatever is done to a signed response: if it is accepted, it says what it said.
//!
//! A hundred thousand mutations in the ordinary run; `LOCUM_SAML_MUTATIONS` sets another number, `LOCUM_SAML_SEED`
//! another sequence. Half change octets, half change the tree: nodes are moved, copied, renamed and wrapped, attributes
//! swapped, declarations, comments and references put in.

use std::ops::Range;

use locum_federation::saml::{Assertion, RoleClaims};

use crate::world::{TEMPLATE, World, sign_assertion, sign_both, sign_response};

/// Reads a number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Numbers that are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A signed response, and where everything in it stands.
struct Base {
    document: String,
    elements: Vec<Range<usize>>,
    /// Names in start tags, and in the matching end tags.
    names: Vec<(Range<usize>, Option<Range<usize>>)>,
    attributes: Vec<Range<usize>>,
    values: Vec<Range<usize>>,
    texts: Vec<Range<usize>>,
    assertion: Assertion,
}

impl Base {
    fn new(document: String) -> Self {
        let assertion = World::new().verify(&document).unwrap();
        let mut base = Self {
            elements: Vec::new(),
            names: Vec::new(),
            attributes: Vec::new(),
            values: Vec::new(),
            texts: Vec::new(),
            document: document.clone(),
            assertion,
        };
        let tree = roxmltree::Document::parse(&document).unwrap();
        for node in tree.descendants() {
            let range = node.range();
            if node.is_text() {
                base.texts.push(range);
                continue;
            }
            if !node.is_element() {
                continue;
            }
            let tag = &document[range.start + 1..];
            let len = tag.find([' ', '>', '/']).unwrap();
            let end = document[range.clone()]
                .ends_with(&format!("</{}>", &tag[..len]))
                .then(|| range.end - 1 - len..range.end - 1);
            base.names.push((range.start + 1..range.start + 1 + len, end));
            for attribute in node.attributes() {
                base.attributes.push(attribute.range());
                base.values.push(attribute.range_value());
            }
            base.elements.push(range);
        }
        base
    }

    /// A place between two characters of text or of markup.
    fn place(&self, dice: &mut Dice) -> usize {
        match dice.below(4) {
            0 => dice.pick(&self.elements).start,
            1 => dice.pick(&self.elements).end,
            2 => {
                let text = dice.pick(&self.texts).clone();
                text.start + dice.below(text.len() + 1)
            }
            _ => dice.pick(&self.names).0.end,
        }
    }

    fn piece(&self, dice: &mut Dice) -> Range<usize> {
        match dice.below(8) {
            0..4 => dice.pick(&self.elements).clone(),
            4 => dice.pick(&self.attributes).clone(),
            5 => dice.pick(&self.values).clone(),
            6 => dice.pick(&self.texts).clone(),
            _ => dice.pick(&self.names).0.clone(),
        }
    }

    /// Changes the tree.
    fn rearranged(&self, dice: &mut Dice) -> String {
        let document = &self.document;
        match dice.below(13) {
            // A piece once more, elsewhere.
            0 => inserted(document, self.place(dice), &document[self.piece(dice)]),
            // A piece less.
            1 => replaced(document, self.piece(dice), ""),
            // A piece moved: the later place first, so that the earlier one stays.
            2 => {
                let (piece, place) = (self.piece(dice), self.place(dice));
                let copy = document[piece.clone()].to_owned();
                if place >= piece.end {
                    replaced(&inserted(document, place, &copy), piece, "")
                } else {
                    inserted(
                        &replaced(document, piece.clone(), ""),
                        place.min(piece.start),
                        &copy,
                    )
                }
            }
            // One piece in place of another.
            3 => replaced(document, self.piece(dice), &document[self.piece(dice)]),
            // Two values or texts exchanged.
            4 => {
                let pool = if dice.below(2) == 0 {
                    &self.values
                } else {
                    &self.texts
                };
                exchanged(document, dice.pick(pool).clone(), dice.pick(pool).clone())
            }
            // An element of another name.
            5 => {
                let (start, end) = dice.pick(&self.names).clone();
                let name = match dice.below(3) {
                    0 => document[dice.pick(&self.names).0.clone()].to_owned(),
                    1 => document[start.clone()].to_lowercase(),
                    _ => document[start.clone()].replace("saml:", "samlp:"),
                };
                let renamed = match end {
                    Some(end) => replaced(document, end, &name),
                    None => document.clone(),
                };
                replaced(&renamed, start, &name)
            }
            // A declaration or an attribute more.
            6 => {
                const MORE: [&str; 16] = [
                    " xmlns=\"urn:x\"",
                    " xmlns=\"\"",
                    " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
                    " xmlns:saml=\"urn:x\"",
                    " xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
                    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
                    " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"",
                    " xmlns:unused=\"urn:unused\"",
                    " saml:xmlns=\"urn:x\"",
                    " ID=\"_a1\"",
                    " Id=\"_r1\"",
                    " xml:id=\"_a1\"",
                    " xml:lang=\"en\"",
                    " NotOnOrAfter=\"2036-11-22T04:05:00Z\"",
                    "\n",
                    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"",
                ];
                inserted(document, dice.pick(&self.names).0.end, dice.pick::<&str>(&MORE))
            }
            // Something between the characters.
            7 => {
                const BETWEEN: [&str; 10] = [
                    "<!---->",
                    "<!-- x -->",
                    "<?x y?>",
                    "<![CDATA[]]>",
                    "<![CDATA[x]]>",
                    "\r\n",
                    " ",
                    "&#13;",
                    "&e;",
                    "<x/>",
                ];
                inserted(document, self.place(dice), dice.pick::<&str>(&BETWEEN))
            }
            // A character written as a reference: the same document, differently spelt.
            8 => {
                let pool = if dice.below(2) == 0 {
                    &self.values
                } else {
                    &self.texts
                };
                let range = dice.pick(pool).clone();
                let at = range.start + dice.below(range.len());
                let character = document[at..].chars().next().unwrap();
                // Not within another reference, whose end is near.
                if document[at..range.end].chars().take(6).any(|c| c == ';') || character == '&' {
                    return inserted(document, dice.pick(&self.names).0.end, " ");
                }
                let reference = match dice.below(3) {
                    0 => format!("&#{};", u32::from(character)),
                    1 => format!("&#x{:x};", u32::from(character)),
                    _ => format!("&#x00{:X};", u32::from(character)),
                };
                replaced(document, at..at + character.len_utf8(), &reference)
            }
            // Other quotes.
            9 => {
                let attribute = dice.pick(&self.attributes).clone();
                replaced(
                    document,
                    attribute.clone(),
                    &document[attribute].replace('"', "'"),
                )
            }
            // An element within another.
            10 => {
                let element = dice.pick(&self.elements).clone();
                let name = &document[dice.pick(&self.names).0.clone()];
                let inner = &document[element.clone()];
                replaced(document, element, &format!("<{name}>{inner}</{name}>"))
            }
            // Two attributes of one element or of two exchanged.
            11 => exchanged(
                document,
                dice.pick(&self.attributes).clone(),
                dice.pick(&self.attributes).clone(),
            ),
            // White space within a tag, or before the document.
            _ => match dice.below(3) {
                0 => format!("\n{document}"),
                1 => format!("<?xml version=\"1.0\"?>{document}\r\n"),
                _ => inserted(document, dice.pick(&self.names).0.end, "\r\n\t"),
            },
        }
    }
}

fn replaced(document: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &document[..range.start], &document[range.end..])
}

fn inserted(document: &str, at: usize, text: &str) -> String {
    replaced(document, at..at, text)
}

fn exchanged(document: &str, a: Range<usize>, b: Range<usize>) -> String {
    let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
    if first.end > second.start {
        return document.to_owned();
    }
    let (x, y) = (
        document[first.clone()].to_owned(),
        document[second.clone()].to_owned(),
    );
    replaced(&replaced(document, second, &x), first, &y)
}

/// Changes octets, without regard to what they are.
fn scrambled(document: &str, dice: &mut Dice) -> Vec<u8> {
    const TOKENS: [&str; 14] = [
        "<", ">", "\"", "'", "&", "&amp;", "/>", "<!--", "-->", "<?", "]]>", "\0", "\u{e9}", " ",
    ];
    let mut octets = document.as_bytes().to_vec();
    for _ in 0..=dice.below(3) {
        if octets.is_empty() {
            break;
        }
        let at = dice.below(octets.len());
        match dice.below(6) {
            0 => octets[at] ^= 1 << dice.below(8),
            1 => octets[at] = u8::try_from(dice.below(256)).unwrap(),
            2 => {
                octets.remove(at);
            }
            3 => {
                octets.splice(at..at, dice.pick(&TOKENS).bytes());
            }
            4 => {
                let end = (at + dice.below(64)).min(octets.len());
                let piece = octets[at..end].to_vec();
                let to = dice.below(octets.len());
                octets.splice(to..to, piece);
            }
            _ => {
                let end = (at + dice.below(32)).min(octets.len());
                octets.drain(at..end);
            }
        }
    }
    octets
}

/// Parts that run at once. Their number decides what is tried, so it does not depend on the machine.
const LANES: u64 = 4;

/// Tries so many mutations, and returns how many were accepted although they differ from what they were made of.
fn mutate(bases: &[Base], mut dice: Dice, count: u64) -> u64 {
    let world = World::new();
    let mut different = 0;
    for _ in 0..count {
        let base = dice.pick(bases);
        let mutant = if dice.below(2) == 0 {
            scrambled(&base.document, &mut dice)
        } else {
            let rearranged = base.rearranged(&mut dice);
            if dice.below(4) == 0 {
                scrambled(&rearranged, &mut dice)
            } else {
                rearranged.into_bytes()
            }
        };
        let Ok(assertion) = world.verify_octets(&mutant) else {
            continue;
        };
        different += u64::from(mutant != base.document.as_bytes());
        let claims = RoleClaims::read(&assertion).unwrap();
        let told = String::from_utf8_lossy(&mutant);
        assert_eq!(claims, RoleClaims::read(&base.assertion).unwrap(), "{told}");
        assert_eq!(assertion, base.assertion, "{told}");
    }
    different
}

#[test]
fn what_is_accepted_says_what_it_said() {
    let bases = [
        sign_assertion(&TEMPLATE),
        sign_response(&TEMPLATE),
        sign_both(&TEMPLATE),
        include_str!("data/xmlsec-ar-prefixes.xml").replace("<?xml version=\"1.0\"?>\n", ""),
    ]
    .map(Base::new);
    let seed = setting("LOCUM_SAML_SEED", 1);
    let count = setting("LOCUM_SAML_MUTATIONS", 100_000);
    let different: u64 = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES)
            .map(|lane| {
                let dice = Dice(seed.wrapping_mul(LANES).wrapping_add(lane));
                scope.spawn(|| mutate(&bases, dice, count.div_ceil(LANES)))
            })
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    // The property is not empty: other spellings of the same document are accepted.
    assert!(different > count / 100, "{different} of {count}");
}
