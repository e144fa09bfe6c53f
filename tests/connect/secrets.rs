//! No secret is printed, and none lies on the disk in the clear.

use std::fmt::{Debug, Write as _};
use std::time::Duration;

use sluice::connect::establish;
use sluice::connect::host::SignInHost;
use sluice::sandbox::signin::{CLIENT_SECRET, Revocation};
use sluice::sandbox::{Effect, Moment};

use super::forgetting::{files, holds};
use super::house::{HOUR, House, acme, app, way};

/// Everything that was printed.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn note(&mut self, what: &impl Debug) {
        write!(self.0, "{what:?}\n{what:#?}\n").unwrap();
    }
}

#[tokio::test]
async fn no_secret_is_printed_and_none_lies_on_the_disk() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let mut printed = Printed::default();
    let mut secrets = vec![CLIENT_SECRET.to_owned()];
    let all = [
        Some(Effect::ServerError { moment: Moment::After }),
        None,
        Some(Effect::Truncated),
        None,
        Some(Effect::LoginPage),
        None,
        Some(Effect::Reset { moment: Moment::After }),
        None,
    ];
    for effect in all {
        secrets.extend(house.tokens().await.into_iter().filter(|token| !token.is_empty()));
        house.sandbox.clear_faults();
        if let Some(effect) = effect {
            house.strike(2, effect);
        }
        house.pass(if secrets.len().is_multiple_of(2) { HOUR } else { Duration::from_mins(2) });
        if let Err(failure) = house.works(&keeper).await {
            printed.note(&failure);
            printed.0.push_str(&failure.to_string());
        }
        printed.note(&keeper.record());
        printed.note(&house.client(&keeper));
        printed.note(&house.state());
        printed.note(&establish::secrets(&house.cabinet, &acme(), &house.keys).await.unwrap());
    }
    let host = SignInHost::new(&house.sandbox.url().parse().unwrap(), &way()).unwrap();
    let refresh = house.tokens().await[1].clone().into();
    house.sandbox.revoke(&Revocation::default());
    let refused = host.renew(&app(CLIENT_SECRET), &refresh).await.err().unwrap();
    printed.note(&refused);
    house.strike(1, Effect::Truncated);
    printed.note(&host.renew(&app(CLIENT_SECRET), &refresh).await.err().unwrap());
    house.pass(HOUR * 2);
    printed.note(&house.works(&keeper).await.unwrap_err());
    let whole = std::fs::read(house.file()).unwrap();
    std::fs::write(house.file(), &whole[..whole.len() / 2]).unwrap();
    printed.note(&house.try_keeper().await.err().unwrap());
    std::fs::write(house.file(), &whole).unwrap();
    assert!(secrets.len() > 12 && printed.0.len() > 1000 && !files(&house.data).is_empty());
    for secret in &secrets {
        // A part would be enough.
        let part = &secret[..secret.len().min(40)];
        assert!(!printed.0.contains(part), "{part} is printed");
        assert!(!holds(&house.data, part), "{part} lies in {}", house.data.display());
    }
}
