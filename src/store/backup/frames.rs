//! The frames of a backup: written one after the other, and proven one after the other.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::BackupError;
use crate::store::batch::LONGEST_VALUE;
use crate::store::chain::{Head, Link, Row};
use crate::store::check::Item;
use crate::store::embedded::seal::{Place, Seal};
use crate::store::keys::{MasterKey, Purpose};

/// What a backup begins with.
const HEADER: &[u8; 16] = b"sluice backup 1\n";
/// What backups are sealed for.
pub(in crate::store) const FORMAT: &[u8] = b"backup 1";
/// Longest sealed frame: a value with its names, and something over.
const LONGEST: usize = LONGEST_VALUE + 2048;

const END: u8 = 0;
const RECORD: u8 = 1;
const ROW: u8 = 2;

/// What a frame holds.
pub(super) enum Found {
    /// A record.
    Record { table: Vec<u8>, name: Vec<u8>, value: Bytes },
    /// A row of the log.
    Row(Row),
    /// The end, with the ends of the log; nothing follows.
    End(Head, Head),
}

/// The name a frame is sealed for.
fn place(file: [u8; 16], frame: u64) -> [u8; 24] {
    let mut place = [0; 24];
    for (to, from) in place.iter_mut().zip(file.into_iter().chain(frame.to_be_bytes())) {
        *to = from;
    }
    place
}

/// A backup that is being written.
pub(super) struct Sheet<'a, W> {
    seal: &'a Seal,
    out: W,
    file: [u8; 16],
    frame: u64,
}

impl<'a, W: Write> Sheet<'a, W> {
    pub(super) fn new(seal: &'a Seal, mut out: W) -> io::Result<Self> {
        let mut file = [0; 16];
        getrandom::fill(&mut file).map_err(io::Error::other)?;
        out.write_all(HEADER)?;
        out.write_all(&file)?;
        Ok(Self { seal, out, file, frame: 0 })
    }

    pub(super) fn item(&mut self, item: &Item<'_>) -> io::Result<()> {
        match item {
            Item::Record(table, name, value) => {
                let length = |part: &[u8]| u16::try_from(part.len()).map_err(io::Error::other);
                let (tables, names) = (length(table)?.to_be_bytes(), length(name)?.to_be_bytes());
                self.frame(&[&[RECORD], &tables, table, &names, name, value])
            }
            Item::Row(row) => self.frame(&[&[ROW], &head(row.head), &row.text]),
        }
    }

    pub(super) fn end(mut self, oldest: Head, newest: Head) -> io::Result<W> {
        self.frame(&[&[END], &head(oldest), &head(newest)])?;
        Ok(self.out)
    }

    fn frame(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        let place = Place { table: b"backup", name: &place(self.file, self.frame) };
        let sealed = self.seal.close(place, &parts.concat()).map_err(|_| io::Error::other("no random bytes"))?;
        self.frame += 1;
        self.out.write_all(&u32::try_from(sealed.len()).map_err(io::Error::other)?.to_be_bytes())?;
        self.out.write_all(&sealed)
    }
}

fn head(head: Head) -> Vec<u8> {
    [head.number.to_be_bytes().as_slice(), &head.link.0].concat()
}

/// A backup that is being read.
pub(super) struct Frames<R> {
    seal: Seal,
    read: R,
    path: PathBuf,
    file: [u8; 16],
    frame: u64,
}

impl Frames<BufReader<File>> {
    pub(super) fn open(path: &Path, master: &MasterKey) -> Result<Self, BackupError> {
        let failed = |source| BackupError::File { path: path.to_owned(), source };
        let mut read = BufReader::new(File::open(path).map_err(failed)?);
        let (mut header, mut file) = ([0; 16], [0; 16]);
        let begun = read.read_exact(&mut header).and_then(|()| read.read_exact(&mut file));
        if begun.is_err() || header != *HEADER {
            return Err(BackupError::NotABackup(path.to_owned()));
        }
        let seal = Seal::new(&master.derive(Purpose::Backup), FORMAT);
        Ok(Self { seal, read, path: path.to_owned(), file, frame: 0 })
    }
}

impl<R: Read> Frames<R> {
    /// The next frame. After the end there is nothing to ask for.
    pub(super) fn next(&mut self) -> Result<Found, BackupError> {
        let found = self.opened().and_then(|opened| understood(&opened));
        // Whatever follows the end was put there by somebody else.
        let found = found.filter(|found| !matches!(found, Found::End(..)) || matches!(self.read.read(&mut [0]), Ok(0)));
        let found = found.ok_or_else(|| BackupError::Broken { path: self.path.clone(), frame: self.frame })?;
        self.frame += 1;
        Ok(found)
    }

    fn opened(&mut self) -> Option<Bytes> {
        let mut length = [0; 4];
        self.read.read_exact(&mut length).ok()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok().filter(|length| *length <= LONGEST)?;
        let mut sealed = vec![0; length];
        self.read.read_exact(&mut sealed).ok()?;
        let place = Place { table: b"backup", name: &place(self.file, self.frame) };
        self.seal.open(place, &sealed).ok().map(|(_, opened)| opened.into())
    }
}

fn understood(frame: &Bytes) -> Option<Found> {
    let (kind, rest) = frame.split_first()?;
    match *kind {
        RECORD => {
            let (table, rest) = part(rest)?;
            let (name, value) = part(rest)?;
            Some(Found::Record { table: table.to_vec(), name: name.to_vec(), value: frame.slice_ref(value) })
        }
        ROW => read_head(rest).map(|(head, text)| Found::Row(Row { head, text: frame.slice_ref(text) })),
        END => {
            let (oldest, rest) = read_head(rest)?;
            let (newest, rest) = read_head(rest)?;
            rest.is_empty().then_some(Found::End(oldest, newest))
        }
        _ => None,
    }
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

fn read_head(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let (number, bytes) = bytes.split_first_chunk()?;
    let (link, bytes) = bytes.split_first_chunk()?;
    Some((Head { number: u64::from_be_bytes(*number), link: Link(*link) }, bytes))
}
