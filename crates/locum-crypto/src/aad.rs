/// The additional authenticated data of one sealed value: fixed-size head, then every part behind its length, so no
/// two lists of parts give the same bytes. Kept on the stack up to what a session token needs.
pub(crate) struct Aad {
    inline: [u8; Self::INLINE],
    len: usize,
    spilled: Vec<u8>,
}

impl Aad {
    const INLINE: usize = 128;

    pub(crate) fn new(head: &[u8], parts: &[&[u8]]) -> Self {
        let mut aad = Self {
            inline: [0; Self::INLINE],
            len: 0,
            spilled: Vec::new(),
        };
        aad.push(head);
        for part in parts {
            // A usize fits 64 bits on every target.
            aad.push(&(part.len() as u64).to_be_bytes());
            aad.push(part);
        }
        aad
    }

    fn push(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if let Some(free) = self
            .inline
            .get_mut(self.len..end)
            .filter(|_| self.spilled.is_empty())
        {
            free.copy_from_slice(bytes);
            self.len = end;
            return;
        }
        if self.spilled.is_empty() {
            self.spilled
                .extend_from_slice(self.inline.get(..self.len).unwrap_or_default());
        }
        self.spilled.extend_from_slice(bytes);
    }
}

impl AsRef<[u8]> for Aad {
    fn as_ref(&self) -> &[u8] {
        if self.spilled.is_empty() {
            self.inline.get(..self.len).unwrap_or_default()
        } else {
            &self.spilled
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_the_plain_concatenation(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..6)) {
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            let mut plain = b"head".to_vec();
            for part in &parts {
                plain.extend_from_slice(&(part.len() as u64).to_be_bytes());
                plain.extend_from_slice(part);
            }
            let aad = Aad::new(b"head", &parts);
            prop_assert_eq!(aad.as_ref(), plain.as_slice());
        }
    }

    #[test]
    fn moved_boundaries_differ() {
        let lists: [&[&[u8]]; 5] = [&[b"ab", b"c"], &[b"a", b"bc"], &[b"abc"], &[b"abc", b""], &[]];
        for (i, a) in lists.iter().enumerate() {
            for b in &lists[i + 1..] {
                assert_ne!(Aad::new(b"", a).as_ref(), Aad::new(b"", b).as_ref());
            }
        }
    }
}
