//! What an IT service desk writes about: services with their hosts, errors, causes and remedies.

/// A service the documentation is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    /// Its area: `network`, `servers`, `identity`, `security`, `apps` or `workplace`.
    pub(super) area: &'static str,
    /// Its name in the middle of a sentence.
    pub(super) name: &'static str,
    /// Short name, part of host names and labels.
    pub(super) slug: &'static str,
    /// Port and protocol, or how it is reached.
    pub(super) port: &'static str,
    /// The error code people quote.
    pub(super) error: &'static str,
    /// What people see, as a clause.
    pub(super) symptom: &'static str,
    /// Why it happens, as a clause.
    pub(super) cause: &'static str,
    /// What to do, as an imperative.
    pub(super) remedy: &'static str,
    /// A command that shows or mends it.
    pub(super) command: &'static str,
    /// The language of the command.
    pub(super) language: &'static str,
    /// Who looks after it.
    pub(super) team: &'static str,
}

/// An office.
#[derive(Clone, Copy, Debug)]
pub(super) struct Office {
    /// Its city.
    pub(super) city: &'static str,
    /// Three letters in host names.
    pub(super) code: &'static str,
    /// The second byte of its addresses.
    pub(super) net: u8,
}

/// The offices.
pub(super) const OFFICES: [Office; 12] = [
    Office { city: "Lisbon", code: "lis", net: 11 },
    Office { city: "Berlin", code: "ber", net: 12 },
    Office { city: "Leeds", code: "lds", net: 13 },
    Office { city: "Stockholm", code: "sto", net: 14 },
    Office { city: "Chicago", code: "chi", net: 15 },
    Office { city: "Pune", code: "pnq", net: 16 },
    Office { city: "Osaka", code: "osa", net: 17 },
    Office { city: "Lagos", code: "los", net: 18 },
    Office { city: "Warsaw", code: "waw", net: 19 },
    Office { city: "Dubai", code: "dxb", net: 20 },
    Office { city: "Madrid", code: "mad", net: 21 },
    Office { city: "Sydney", code: "syd", net: 22 },
];

/// All subjects, in a fixed order.
pub(super) fn subjects() -> Vec<Subject> {
    TABLE.lines().filter_map(subject).collect()
}

fn subject(line: &'static str) -> Option<Subject> {
    let mut cells = line.split('|').map(str::trim);
    let mut next = || cells.next().filter(|cell| !cell.is_empty());
    Some(Subject {
        area: next()?,
        name: next()?,
        slug: next()?,
        port: next()?,
        error: next()?,
        symptom: next()?,
        cause: next()?,
        remedy: next()?,
        command: next()?,
        language: next()?,
        team: next()?,
    })
}

const TABLE: &str = "
network | VPN gateway | vpn-gw | 443/TCP and 1194/UDP | TLS-691 | the client stops at &ldquo;Negotiating&rdquo; and gives up after 60 seconds | the gateway certificate has expired or the client still trusts the old intermediate | renew the gateway certificate and reload the service | systemctl reload openvpn@server && journalctl -u openvpn@server -n 50 | bash | Network team
network | office Wi-Fi | wifi-ctl | 5246/UDP (CAPWAP) | EAP-1065 | laptops ask for the password again and again | the device certificate was not renewed because the laptop was offline for more than 30 days | connect the laptop by cable, let it fetch a certificate and join again | netsh wlan show interfaces | powershell | Network team
network | guest Wi-Fi portal | guest-portal | 8443/TCP | PORTAL-12 | visitors see an empty page instead of the terms of use | the portal holds more than 500 stale sessions | clear the stale sessions and restart the portal | portalctl sessions purge --older-than 24h | bash | Network team
network | internal DNS | dns | 53/UDP and 53/TCP | SERVFAIL-2 | names of internal services resolve at one office and not at another | the secondary server missed a zone transfer | bump the serial of the zone and force a transfer | dig @dns-ber-01 intranet.example.net SOA +short | bash | Network team
network | core switches | core-sw | 22/TCP (SSH) | STP-44 | a whole floor loses its connection for half a minute | a loop behind a meeting-room table triggered spanning tree | find the blocked port and remove the cable that closes the loop | show spanning-tree inconsistentports | text | Network team
network | branch firewall | fw | 4433/TCP | POLICY-DENY 1003 | a new supplier portal cannot be reached from the office | the category of the site is not rated yet | add a temporary rule with an end date and ask for a rating | diagnose debug flow filter addr 203.0.113.40 | text | Network team
network | site-to-site tunnel | s2s | 500/UDP and 4500/UDP | IKE-14 | file shares of the other office are slow or missing | phase two expired and both ends disagree about the lifetime | set the same lifetime on both ends and restart the tunnel | ipsec status | bash | Network team
servers | nightly backup | backup | 9392/TCP | VSS-0x800423F4 | the job ends with a warning and one virtual machine is skipped | the shadow copy writer of the database timed out | restart the writer service and run the job for the skipped machine again | vssadmin list writers | powershell | Platform team
servers | file server | file | 445/TCP | SMB-0xC0000043 | a spreadsheet is locked by somebody who left an hour ago | the laptop went to sleep with the file open | close the open file on the server after asking the person | Close-SmbFile -ClientUserName 'corp\\jdoe' -Force | powershell | Platform team
servers | virtualisation cluster | hv | 5985/TCP | CSV-5120 | virtual machines freeze for some seconds | one storage path is down and the other is saturated | bring the path back before moving machines | Get-ClusterSharedVolumeState | powershell | Platform team
servers | monitoring | mon | 9090/TCP | ALERT-GAP | the dashboard shows gaps of ten minutes | the time of the collector drifted | restart time synchronisation on the collector | chronyc tracking && chronyc makestep | bash | Platform team
servers | patch server | patch | 8530/TCP | 0x80244022 | computers report that no updates are available for weeks | the content folder is full and the service answers 503 | decline superseded updates and clean the content folder | Invoke-WsusServerCleanup -DeclineSupersededUpdates -CleanupUnneededContentFiles | powershell | Platform team
servers | database cluster | pg | 5432/TCP | FATAL-53300 | applications report that no connection is left | a batch job opens a connection per row | end the idle sessions and put the job behind the connection pool | SELECT pid, state, query_start FROM pg_stat_activity WHERE state = 'idle' ORDER BY query_start; | sql | Platform team
servers | container registry | registry | 5000/TCP | 429-PULL | builds fail while fetching their base image | the mirror lost its upstream credentials | renew the credentials of the mirror and warm the cache | curl -s https://registry.example.net/v2/_catalog?n=5 | bash | Platform team
servers | log archive | logs | 6514/TCP (TLS) | DISK-91 | searches over last week return nothing | the index was closed when the volume passed 90 percent | move the oldest month to cold storage and reopen the index | curl -XPOST logs-ber-01:9200/events-2026.02/_open | bash | Platform team
identity | password self-service | sspr | 443/TCP | SSPR-0029 | the reset page says that the account is not enabled for resets | the person never registered a second factor | register a second factor with a temporary access pass | Get-MgUserAuthenticationMethod -UserId jdoe@example.com | powershell | Identity team
identity | single sign-on | sso | 443/TCP | AADSTS50105 | people are signed in and told that they have no role in the application | the group behind the application was emptied by the nightly sync | restore the members of the group and pin it in the sync rules | az ad group member list --group app-expenses-users -o table | bash | Identity team
identity | multi-factor sign-in | mfa | 443/TCP | MFA-500121 | the prompt never arrives on the phone | the phone was replaced and the old registration still counts | remove the old registration and enrol the new phone | Remove-MgUserAuthenticationPhoneMethod -UserId jdoe@example.com | powershell | Identity team
identity | directory sync | adsync | 443/TCP outbound | SYNC-114 | new starters appear in the cloud directory hours late | a duplicate proxy address stops the export | find the duplicate and clear the address on the older account | Start-ADSyncSyncCycle -PolicyType Delta | powershell | Identity team
identity | privileged access vault | vault | 8200/TCP | VAULT-SEALED | administrators cannot check out passwords | the vault restarted after patching and nobody unsealed it | unseal it with three of the five key holders | vault status -format=json | bash | Identity team
identity | certificate authority | ca | 135/TCP and 49152+/TCP | CRL-0x80092013 | smart cards are refused everywhere at once | the revocation list was not published before it ran out | publish a new list and copy it to both web servers | certutil -crl && certutil -getreg CA\\CRLPeriodUnits | powershell | Identity team
security | mail gateway | mailgw | 25/TCP | 550-5.7.26 | a partner's mail is rejected | the partner changed its sender without updating DMARC | ask the partner for a fix and allow the sender for seven days | dig TXT _dmarc.partner.example +short | bash | Security team
security | endpoint protection | edr | 443/TCP outbound | EDR-NOHB | a laptop has not reported for ten days | the agent was damaged by an interrupted upgrade | reinstall the agent with the repair package | sc query edragent | text | Security team
security | vulnerability scanner | scan | 8834/TCP | SCAN-TIMEOUT | the weekly scan of a subnet never ends | a printer answers on every port | put the printer range on the exclusion list with a review date | nmap -sn 10.12.40.0/24 | bash | Security team
security | phishing mailbox | phish | IMAP 993/TCP | PHISH-TRIAGE | reported messages wait longer than four hours | the triage rule sends newsletters to the same queue | split newsletters off and close them in bulk | python3 triage.py --queue reported --older-than 4h | python | Security team
security | USB device control | usb | policy | USB-BLOCKED 7 | a label printer is refused when it is plugged in | its vendor id is not on the allow list | check the device with the owner and add its serial number | Get-PnpDevice -Class USB -Status Error | powershell | Security team
apps | ticket system | desk | 443/TCP | DESK-QUEUE 3 | mails to the service desk do not become tickets | the mailbox token ran out after ninety days | sign the mailbox in again and replay the held mails | curl -s https://desk.example.net/api/health | bash | Applications team
apps | expense tool | expenses | 443/TCP | EXP-409 | a report is sent twice or not at all | the approver changed while the report was open | reassign the report to the new approver and submit it again | SELECT id, approver FROM reports WHERE status = 'stuck'; | sql | Applications team
apps | intranet | intranet | 443/TCP | HTTP 502 | the start page shows an error for ten minutes in the morning | the search index is rebuilt during office hours | move the rebuild to 03:00 and warm the cache | kubectl -n intranet rollout restart deploy/web | bash | Applications team
apps | HR system connector | hrconn | SFTP 22/TCP | HR-IMPORT 77 | leavers keep their accounts after their last day | the export file arrives with a changed column order | map the columns by name and run the import again | head -n 1 leavers.csv | bash | Applications team
apps | contract archive | contracts | 443/TCP | ARC-FULLTEXT | scanned contracts cannot be found by their text | text recognition stops at pages that are turned sideways | rotate the scans and queue them again | ocr-queue retry --status failed | bash | Applications team
apps | room booking | rooms | 443/TCP | ROOM-DUP | two meetings hold the same room | the panel was offline while the booking was made | release the later booking and restart the panel | Get-CalendarProcessing -Identity room-ber-3.14 | powershell | Applications team
workplace | follow-me printing | print | 631/TCP and 9100/TCP | PRN-0x0000011B | jobs leave the computer and never come out of the printer | the driver on the print server is older than the last security update | update the driver and release the held jobs | Get-PrintJob -PrinterName FOLLOWME | powershell | Workplace team
workplace | laptop fleet | laptop | n/a | BITLOCKER-RECOVERY | the laptop asks for a recovery key after an update | the firmware changed and the measured boot no longer matches | hand out the recovery key after checking the identity and suspend protection once | manage-bde -protectors -get C: | powershell | Workplace team
workplace | video rooms | video | 5061/TCP (SIP) | CAM-204 | the camera stays black at the start of a meeting | the dock switched the port to power saving | switch power saving off for the port of the camera | powercfg /devicequery wake_armed | powershell | Workplace team
workplace | desk phones | phone | 5060/UDP | SIP-408 | calls end after exactly 32 seconds | the firewall forgets the session before the acknowledgement | switch off the SIP helper on the firewall | sngrep -d eth0 port 5060 | bash | Workplace team
workplace | mobile device management | mdm | 443/TCP | MDM-12019 | a phone loses its mail profile | the push certificate was renewed under another account | renew the push certificate under the account that made it | openssl x509 -in push.pem -noout -enddate | bash | Workplace team
workplace | badge readers | badge | 4050/TCP | BADGE-OFFLINE | doors open for nobody from the second floor upwards | the controller lost power on its second supply | swap the supply and wait for the controller to sync | ping -c 3 badge-lis-02 | bash | Workplace team
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_subject() {
        let found = subjects();
        assert_eq!(found.len(), TABLE.lines().filter(|line| line.contains('|')).count());
        assert!(found.len() >= 36);
        assert!(found.iter().all(|subject| subject.team.ends_with(" team")), "{found:#?}");
    }
}
