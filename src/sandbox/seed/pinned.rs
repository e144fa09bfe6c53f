//! Hand-written pages of the service desk, those that examples and tests name; among them one with every kind of markup.

use super::files;
use super::growth::{Growth, Spot};
use super::people::{ANN, MIRA, NOOR, RUI};
use super::sheet::{File, Sheet};
use crate::sandbox::model::{CommentPlace, ContentKind, ContentStatus, Id, Resolution};

/// Title of the page that holds one of every kind of markup.
const SAMPLER: &str = "Markup sampler";
/// Title of the page that is also found in the trash.
const VPN: &str = "Connect to the VPN from home";

/// Adds the hand-written pages to the service desk's space, and one of each rarer kind of content.
pub(super) fn add(growth: &mut Growth, space: Id, home: Id) {
    for sheet in pages() {
        let title = sheet.title.clone();
        let versions = if title == SAMPLER { 1 } else { 2 };
        let page = growth.content(Spot { versions, ..Spot::new(space, Some(home), ContentKind::Page) }, sheet);
        let place = match title.as_str() {
            SAMPLER => CommentPlace::Inline {
                marker: "5ad0c1de-0000-4000-a000-00000000beef".to_owned(),
                original_selection: "marked piece".to_owned(),
                resolution: Resolution::Open,
            },
            _ => CommentPlace::Footer,
        };
        let comment = growth.comment(
            page,
            None,
            place.clone(),
            &format!("I checked &ldquo;{title}&rdquo; with the second line."),
        );
        growth.comment(page, Some(comment), place, "Thank you, then I close REQ-4711.");
    }
    let trashed = Sheet {
        title: VPN.to_owned(),
        blocks: vec!["<p>An older text about the same.</p>".to_owned()],
        ..Sheet::default()
    };
    growth.content(Spot { status: ContentStatus::Trashed, ..Spot::new(space, Some(home), ContentKind::Page) }, trashed);
    let rarer = [
        (ContentKind::Whiteboard, "Desk floor plan", ""),
        (ContentKind::Database, "Asset register", ""),
        (ContentKind::Embed, "Status page", ""),
        (ContentKind::LiveDoc, "Shift handover", "<p>Queue at 14:00: eleven tickets, two of them P2.</p>"),
    ];
    for (kind, title, body) in rarer {
        let labels = vec!["my:favourite".to_owned()];
        let sheet = Sheet { title: title.to_owned(), blocks: vec![body.to_owned()], labels, ..Sheet::default() };
        let content = growth.content(Spot::new(space, Some(home), kind), sheet);
        if kind == ContentKind::LiveDoc {
            growth.discard(content, text_file("old-client.ovpn", OVPN));
        }
    }
}

/// Adds a page that nobody but its author may read, not even the administrator.
pub(super) fn add_private(growth: &mut Growth, space: Id, home: Id) {
    let readers = Some([MIRA.to_owned()].into());
    growth.content(Spot { readers, ..Spot::new(space, Some(home), ContentKind::Page) }, private_note());
}

/// The pages, in the order of their ids.
pub(super) fn pages() -> Vec<Sheet> {
    vec![
        sheet("Reset a forgotten password", &["password", "kb-how-to-article", "sspr"], PASSWORD),
        with(sheet(VPN, &["vpn", "runbook", "remote-work"], VPN_BODY), text_file("client.ovpn", OVPN)),
        sheet("Major incident response", &["incident", "runbook", "on-call"], INCIDENT),
        sheet("Restore files from backup", &["backup", "runbook", "restore"], BACKUP),
        with(sheet("Escalation matrix", &["contacts", "on-call"], ESCALATION), text_file("on-call.csv", ROTA)),
        sheet("New starter checklist", &["onboarding", "checklist"], STARTER),
        sheet("Patch Tuesday routine", &["patching", "checklist", "change"], PATCHING),
        with(
            sheet("Office network map", &["network", "architecture"], NETWORK),
            File { name: "network-map.png".to_owned(), media_type: "image/png", bytes: files::picture() },
        ),
        with(
            sheet(SAMPLER, &["markup", "sample"], SAMPLER_BODY),
            File { name: "network-map.png".to_owned(), media_type: "image/png", bytes: files::picture() },
        ),
    ]
}

/// The note in the personal space that only its author may read.
fn private_note() -> Sheet {
    sheet("Notes for my appraisal", &["private"], "<p>Talk about the on-call rota and the vault training in May.</p>")
}

/// A sheet from hand-written markup: one block per line, names in braces become account ids.
fn sheet(title: &str, labels: &[&str], body: &str) -> Sheet {
    let named = body.replace("{mira}", MIRA).replace("{ann}", ANN).replace("{rui}", RUI).replace("{noor}", NOOR);
    Sheet {
        title: title.to_owned(),
        blocks: named.split("\n\n").map(|block| block.trim().to_owned()).collect(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        files: Vec::new(),
    }
}

fn with(sheet: Sheet, file: File) -> Sheet {
    let mut sheet = sheet;
    sheet.files.push(file);
    sheet
}

fn text_file(name: &str, text: &str) -> File {
    let media_type = if name.to_ascii_lowercase().ends_with("csv") { "text/csv" } else { "text/plain" };
    File { name: name.to_owned(), media_type, bytes: text.as_bytes().to_vec() }
}

const OVPN: &str = "client\ndev tun\nproto udp\nremote vpn-gw-ber-01.example.net 1194\nremote vpn-gw-lis-01.example.net 1194\n\
    remote-cert-tls server\nauth-user-pass\nreneg-sec 28800\nverb 3\n";
const ROTA: &str = "week,first,second\n2026-W01,Mira Okafor,Rui Andrade\n2026-W02,Ann Castellano,Mira Okafor\n\
    2026-W03,Rui Andrade,Ann Castellano\n";

const PASSWORD: &str = r#"<p>You can set a new password yourself, day and night, if you registered a second factor. It takes about three minutes.</p>

<h2>Steps</h2>

<ol start="1"><li><p>Open <a href="https://reset.example.net">reset.example.net</a> on any device.</p></li><li><p>Type your address, for example <code>jdoe@example.com</code>.</p><ul><li><p>Contractors use the address that ends in <code>ext.example.com</code>.</p></li></ul></li><li><p>Confirm with your phone and choose a passphrase of at least 14 characters.</p></li><li><p>Lock and unlock your laptop once while it is connected to the <ac:link><ri:page ri:content-title="Connect to the VPN from home" /><ac:plain-text-link-body><![CDATA[VPN]]></ac:plain-text-link-body></ac:link>.</p></li></ol>

<ac:structured-macro ac:name="note" ac:schema-version="1"><ac:rich-text-body><p>The message <strong>SSPR-0029</strong> means that no second factor is registered. Call the desk on extension 4100 and have your badge ready.</p></ac:rich-text-body></ac:structured-macro>

<p>The desk never asks for your password. Report anybody who does to <ac:link><ri:user ri:account-id="{noor}" /></ac:link>.</p>"#;

const VPN_BODY: &str = r#"<ac:structured-macro ac:name="toc" ac:schema-version="1"><ac:parameter ac:name="maxLevel">2</ac:parameter></ac:structured-macro>

<p>Use the VPN whenever you work outside an office and need file shares, the ticket system or the intranet. Mail and chat work without it.</p>

<h2>Install the client</h2>

<ul><li><p>Windows: install &ldquo;Remote Access&rdquo; from the company portal.</p></li><li><p>macOS and Linux: download <ac:link><ri:attachment ri:filename="client.ovpn" /></ac:link> and import it.</p></li></ul>

<h2>Connect</h2>

<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">bash</ac:parameter><ac:plain-text-body><![CDATA[sudo openvpn --config client.ovpn --auth-nocache
ip route | grep 10.11.  # one line per office means that you are in]]></ac:plain-text-body></ac:structured-macro>

<h2>Errors</h2>

<table data-layout="default"><colgroup><col style="width: 140.0px;" /><col style="width: 540.0px;" /></colgroup><tbody><tr><th><p>Code</p></th><th><p>Meaning</p></th></tr><tr><td><p><code>TLS-691</code></p></td><td><p>The certificate of the gateway has expired or your client is older than 4.2.</p></td></tr><tr><td><p><code>AUTH-812</code></p></td><td><p>You are not a member of the group <em>vpn-users</em>; see <ac:link><ri:page ri:content-title="New starter checklist" /></ac:link>.</p></td></tr></tbody></table>

<ac:structured-macro ac:name="warning" ac:schema-version="1"><ac:rich-text-body><p>Hotel networks often block 1194/UDP. Choose the profile &ldquo;TCP 443&rdquo; there.</p></ac:rich-text-body></ac:structured-macro>"#;

const INCIDENT: &str = r#"<p>A major incident is an outage that stops more than 50 people or one critical service for more than 15 minutes. Whoever notices it first declares it; nobody is blamed for a false alarm.</p>

<h2>The first quarter of an hour</h2>

<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Open a P1 ticket and the bridge <code>4911</code></ac:task-body></ac:task><ac:task><ac:task-id>2</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Name an incident lead; in office hours that is <ac:link><ri:user ri:account-id="{mira}" /></ac:link></ac:task-body></ac:task><ac:task><ac:task-id>3</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Post the first notice on status.example.net</ac:task-body></ac:task></ac:task-list>

<h2>Severity</h2>

<table><tbody><tr><th><p>Level</p></th><th><p>Example</p></th><th><p>Update every</p></th></tr><tr><td><p><ac:structured-macro ac:name="status"><ac:parameter ac:name="title">P1</ac:parameter><ac:parameter ac:name="colour">Red</ac:parameter></ac:structured-macro></p></td><td><p>Nobody can sign in</p></td><td><p>15 minutes</p></td></tr><tr><td><p><ac:structured-macro ac:name="status"><ac:parameter ac:name="title">P2</ac:parameter><ac:parameter ac:name="colour">Yellow</ac:parameter></ac:structured-macro></p></td><td colspan="2"><p>One office is offline; update hourly</p></td></tr></tbody></table>

<h2>Afterwards</h2>

<p>Write the review within five working days in the space <ac:link><ri:space ri:space-key="OPS" /></ac:link>. Ask <ac:link><ri:page ri:content-title="Escalation matrix" /></ac:link> for names.</p>"#;

const BACKUP: &str = r#"<p>Files on the shares <code>\\file-ber-01\teams</code> and <code>\\file-lis-01\teams</code> can be restored for 35 days, mail for 14 days.</p>

<h2>By yourself</h2>

<p>Right-click the folder, choose <em>Previous versions</em> and pick a time. Snapshots are taken at 07:00, 12:00 and 18:00.</p>

<h2>By the desk</h2>

<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">powershell</ac:parameter><ac:parameter ac:name="title">Restore one folder</ac:parameter><ac:plain-text-body><![CDATA[$point = Get-RestorePoint -Server backup-ber-01 -Before "2026-03-01"
if ($point.Age -gt 35 -and $point.Kind -ne 'Full') { throw "too old <ask Platform>" }
Restore-Folder -Point $point -Path 'teams\finance' -Target 'restore\REQ-4711']]></ac:plain-text-body></ac:structured-macro>

<ac:structured-macro ac:name="tip"><ac:rich-text-body><p>Restore beside the original, never over it. <ac:link><ri:user ri:account-id="{rui}" /></ac:link> checks the permissions before the requester gets access.</p></ac:rich-text-body></ac:structured-macro>"#;

const ESCALATION: &str = r#"<p>Whom to call when the first line cannot help. The rota of the week is in <ac:link><ri:attachment ri:filename="on-call.csv" /></ac:link>.</p>

<table data-layout="wide"><tbody><tr><th><p>Area</p></th><th><p>First</p></th><th><p>Second</p></th><th><p>Extension</p></th></tr><tr><td><p>Network</p></td><td><p><ac:link><ri:user ri:account-id="{rui}" /></ac:link></p></td><td><p><ac:link><ri:user ri:account-id="{mira}" /></ac:link></p></td><td><p>4210</p></td></tr><tr><td><p>Identity</p></td><td><p><ac:link><ri:user ri:account-id="{ann}" /></ac:link></p></td><td><p>Vendor, contract EX-2209</p></td><td><p>4230</p></td></tr><tr><td><p>Security</p></td><td colspan="3"><p>Always <ac:link><ri:user ri:account-id="{noor}" /></ac:link>, day and night, extension 4999</p></td></tr></tbody></table>

<p>Last check: <time datetime="2026-04-14" /></p>"#;

const STARTER: &str = r#"<p>What IT prepares for a new colleague. Start ten working days ahead; laptops take a week.</p>

<ac:task-list><ac:task><ac:task-id>11</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>Account created by the directory sync, no error <code>SYNC-114</code></ac:task-body></ac:task><ac:task><ac:task-id>12</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Laptop imaged, asset tag <code>EX-LIS-0931</code> noted</ac:task-body></ac:task><ac:task><ac:task-id>13</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Groups <em>vpn-users</em> and <em>print-users</em> assigned</ac:task-body></ac:task><ac:task><ac:task-id>14</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Badge and second factor handed over on the first day</ac:task-body></ac:task></ac:task-list>

<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">Contractors</ac:parameter><ac:rich-text-body><p>Contractors get an end date, a guest badge and no laptop unless the contract EX-3017 says so.</p></ac:rich-text-body></ac:structured-macro>"#;

const PATCHING: &str = r#"<p>Updates come out on the second Tuesday. We test on Wednesday, roll out to a tenth of the laptops on Thursday and to everyone the week after.</p>

<ol><li><p>Approve the updates for the ring <code>R0-IT</code> on patch-ber-01.</p></li><li><p>Watch for <code>0x80244022</code> until Thursday noon.</p><ol><li><p>Fewer than three computers: go on.</p></li><li><p>More: stop and call <ac:link><ri:user ri:account-id="{mira}" /></ac:link>.</p></li></ol></li><li><p>Approve for <code>R1-EARLY</code>, then <code>R2-ALL</code>.</p></li></ol>

<p>Servers follow on the third Sunday between 20:00 and 23:00, change CHG-1200.</p>"#;

const NETWORK: &str = r#"<p>Each office has two switches, one firewall and one tunnel to Berlin. Addresses follow <code>10.&lt;office&gt;.&lt;floor&gt;.0/24</code>.</p>

<ac:image ac:align="center" ac:width="480" ac:alt="Map of the offices"><ri:attachment ri:filename="network-map.png" /><ac:caption><p>Berlin, Lisbon and Leeds</p></ac:caption></ac:image>

<table><tbody><tr><th><p>Office</p></th><th><p>Range</p></th><th><p>Firewall</p></th></tr><tr><td><p>Lisbon</p></td><td><p>10.11.0.0/16</p></td><td><p><code>fw-lis-01</code></p></td></tr><tr><td><p>Berlin</p></td><td><p>10.12.0.0/16</p></td><td><p><code>fw-ber-01</code></p></td></tr><tr><td><p>Leeds</p></td><td><p>10.13.0.0/16</p></td><td><p><code>fw-lds-01</code></p></td></tr></tbody></table>"#;

const SAMPLER_BODY: &str = r##"<ac:structured-macro ac:name="toc" ac:schema-version="1" ac:macro-id="0f6d2a7e-51c4-4b7a-9d1c-7f0f5a1b2c3d" />

<h1>Marks &amp; signs</h1>

<p style="text-align: center;"><strong>Bold</strong>, <em>italic</em>, <u>underlined</u>, <s>struck</s>, <code>code</code>, H<sub>2</sub>O, m<sup>2</sup>, <span style="color: rgb(255,86,48);">red</span>,&nbsp;5 &lt; 7 &gt; 3, na&iuml;ve caf&eacute; &mdash; &ldquo;quoted&rdquo;&hellip;</p>

<p>A mention of <ac:link><ri:user ri:account-id="{ann}" /></ac:link>, a date <time datetime="2026-09-24" />, a smile <ac:emoticon ac:name="smile" ac:emoji-shortname=":slight_smile:" ac:emoji-id="1f642" ac:emoji-fallback="&#128578;" /> and a <ac:inline-comment-marker ac:ref="5ad0c1de-0000-4000-a000-00000000beef">marked piece</ac:inline-comment-marker>.<br />A second line.</p>

<h2>Lists</h2>

<ul><li><p>Outer</p><ol><li><p>Inner one</p><ul><li><p>Innermost</p></li></ul></li><li><p>Inner two</p></li></ol></li><li>Without paragraph</li></ul>

<ac:task-list><ac:task><ac:task-id>21</ac:task-id><ac:task-uuid>b7c9a6f0-3c1e-4f4c-8f5e-0d7c52a8a111</ac:task-uuid><ac:task-status>complete</ac:task-status><ac:task-body>Task that is done</ac:task-body></ac:task><ac:task><ac:task-id>22</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body><span class="placeholder-inline-tasks">Task that waits for <ac:link><ri:user ri:account-id="{mira}" /></ac:link></span></ac:task-body></ac:task></ac:task-list>

<ac:adf-extension><ac:adf-node type="decision-list"><ac:adf-node type="decision-item"><ac:adf-attribute key="state">DECIDED</ac:adf-attribute><ac:adf-content>Move the desk to the second floor</ac:adf-content></ac:adf-node></ac:adf-node></ac:adf-extension>

<h2>Tables</h2>

<table data-table-width="760" data-layout="default" ac:local-id="2f1c6c3e-6a1b-4f0f-9d2b-91d2c3a4b5c6"><colgroup><col style="width: 200.0px;" /><col style="width: 280.0px;" /><col style="width: 280.0px;" /></colgroup><tbody><tr><th colspan="2"><p>Spanning head</p></th><th><p>Third</p></th></tr><tr><td rowspan="2"><p>Two rows</p></td><td data-highlight-colour="#e3fcef"><p>Green cell with | pipe</p></td><td><ul><li><p>List in a cell</p></li></ul></td></tr><tr><td><p>Lower</p></td><td><p><code>a &amp;&amp; b</code></p></td></tr></tbody></table>

<h2>Code</h2>

<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">bash</ac:parameter><ac:parameter ac:name="title">Backticks and CDATA</ac:parameter><ac:plain-text-body><![CDATA[cat <<EOF
```
if [[ $x < 3 ]]]]><![CDATA[> 2 ]]; then echo "&amp; stays"; fi
EOF]]></ac:plain-text-body></ac:structured-macro>

<ac:structured-macro ac:name="noformat"><ac:plain-text-body><![CDATA[plain   text,
   kept as it is]]></ac:plain-text-body></ac:structured-macro>

<h2>Panels</h2>

<ac:structured-macro ac:name="info"><ac:parameter ac:name="title">Titled</ac:parameter><ac:rich-text-body><p>Information.</p></ac:rich-text-body></ac:structured-macro><ac:structured-macro ac:name="note"><ac:rich-text-body><p>Note.</p></ac:rich-text-body></ac:structured-macro><ac:structured-macro ac:name="tip"><ac:rich-text-body><p>Tip.</p></ac:rich-text-body></ac:structured-macro><ac:structured-macro ac:name="warning"><ac:rich-text-body><p>Warning.</p></ac:rich-text-body></ac:structured-macro>

<ac:structured-macro ac:name="panel"><ac:parameter ac:name="bgColor">#eae6ff</ac:parameter><ac:parameter ac:name="panelIconText">&#128218;</ac:parameter><ac:rich-text-body><p>A panel of its own colour.</p></ac:rich-text-body></ac:structured-macro>

<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">error</ac:adf-attribute><ac:adf-content><p>An error panel.</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div class="panel"><p>An error panel.</p></div></ac:adf-fallback></ac:adf-extension>

<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">More</ac:parameter><ac:rich-text-body><p>Hidden until opened.</p></ac:rich-text-body></ac:structured-macro>

<h2>Links and pictures</h2>

<p><ac:link><ri:page ri:content-title="Reset a forgotten password" /></ac:link>, <ac:link><ri:page ri:space-key="KB" ri:content-title="Help Centre Home" /><ac:link-body>the <strong>help centre</strong></ac:link-body></ac:link>, <ac:link ac:anchor="Tables"><ac:plain-text-link-body><![CDATA[tables above]]></ac:plain-text-link-body></ac:link>, <a href="https://status.example.net/?a=1&amp;b=2" data-card-appearance="inline">https://status.example.net/?a=1&amp;b=2</a></p>

<ac:image ac:align="center" ac:layout="center" ac:alt="Map"><ri:attachment ri:filename="network-map.png" /><ac:caption><p>The map</p></ac:caption></ac:image><ac:image><ri:url ri:value="https://status.example.net/badge.png" /></ac:image>

<h2>Other macros</h2>

<p>State <ac:structured-macro ac:name="status"><ac:parameter ac:name="title">IN PROGRESS</ac:parameter><ac:parameter ac:name="colour">Blue</ac:parameter></ac:structured-macro> of <ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">DESK-118</ac:parameter></ac:structured-macro></p>

<ac:structured-macro ac:name="drawio"><ac:parameter ac:name="diagramName">desk-overview</ac:parameter><ac:parameter ac:name="revision">3</ac:parameter></ac:structured-macro><ac:structured-macro ac:name="ticket-heatmap" ac:local-id="9b1d"><ac:parameter ac:name="queue">desk</ac:parameter><ac:rich-text-body><p>Body of a macro nobody knows.</p></ac:rich-text-body></ac:structured-macro><ac:structured-macro ac:name="children" />

<ac:layout><ac:layout-section ac:type="two_right_sidebar"><ac:layout-cell><p>Main column</p></ac:layout-cell><ac:layout-cell><p>Sidebar</p></ac:layout-cell></ac:layout-section></ac:layout>

<blockquote><p>The best ticket is the one nobody needs to open.</p></blockquote><hr />"##;
