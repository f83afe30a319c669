//! `/sandbox/links/{code}`: where a shortened link leads.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::Full;

use super::Problem;
use crate::accounts::Accounts;

pub(super) fn follow(accounts: &Accounts, code: &str) -> Result<Response<Full<Bytes>>, Problem> {
    let unknown = || Problem::not_found(format!("there is no link {code:?}"));
    let to =
        accounts.all().iter().find_map(|hub| hub.world().links.get(code).cloned()).ok_or_else(unknown)?;
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::FOUND;
    let to = to.parse().map_err(|_| Problem::bad("the link holds what no header can"))?;
    response.headers_mut().insert(header::LOCATION, to);
    Ok(response)
}
