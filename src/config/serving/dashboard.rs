//! Where people decide with a browser.

use std::net::SocketAddr;

use crate::config::declared::DASHBOARD;
use crate::config::{SettingError, Settings};

impl Settings {
    /// The address that the dashboard listens at, where there is one: always one of this machine.
    pub fn dashboard(&self) -> Result<Option<SocketAddr>, SettingError> {
        self.understood(&DASHBOARD, address)
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let spelt_out = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address: Result<SocketAddr, _> = spelt_out.as_deref().unwrap_or(text).parse();
    match address {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => {
            Err("name an address of this machine, such as 127.0.0.1:7433; the dashboard cannot be served to others \
            yet, since it neither signs people in nor encrypts"
                .to_owned())
        }
        Err(_) => Err("it is an address of this machine and a port, such as 127.0.0.1:7433".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dashboard_listens_on_this_machine_alone() {
        for (text, meant) in [
            ("127.0.0.1:7433", "127.0.0.1:7433"),
            ("localhost:0", "127.0.0.1:0"),
            ("[::1]:80", "[::1]:80"),
            ("127.3.2.1:1", "127.3.2.1:1"),
        ] {
            assert_eq!(address(text), Ok(meant.parse().unwrap()), "{text}");
        }
        for text in ["0.0.0.0:7433", "[::]:7433", "192.168.0.7:7433", "[::ffff:127.0.0.1]:7433", "8.8.8.8:80"] {
            assert!(address(text).unwrap_err().contains("cannot be served to others"), "{text}");
        }
        for text in
            ["", "7433", ":7433", "127.0.0.1", "localhost", "localhost:70000", "evil.com:80", "http://127.0.0.1:1"]
        {
            assert!(address(text).unwrap_err().contains("such as 127.0.0.1:7433"), "{text}");
        }
    }
}
