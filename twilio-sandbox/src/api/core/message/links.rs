//! `ShortenUrls`: web addresses in a body become short ones that the sandbox leads on.

use crate::state::world::World;

/// The body with every web address shortened. The sandbox's own address stands for a branded domain.
pub(super) fn shorten(world: &mut World, body: &str) -> String {
    let mut short = String::with_capacity(body.len());
    for (at, word) in body.split(' ').enumerate() {
        if at > 0 {
            short.push(' ');
        }
        // What ends a sentence belongs to no address.
        let url = word.trim_end_matches(['.', ',', '!', '?', ')']);
        if !crate::state::validate::is_web_url(url) {
            short.push_str(word);
            continue;
        }
        let code = world.sids.secret("link").chars().take(8).collect::<String>();
        short.extend([world.base.as_str(), "/sandbox/links/", &code, &word[url.len()..]]);
        world.links.insert(code, url.to_owned());
    }
    short
}
