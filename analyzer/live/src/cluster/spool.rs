//! Cleaned objects waiting to be written: compressed, one JSON text per line.

use std::io::{BufRead as _, BufReader, Write as _};

use serde_json::Value;

/// The objects of one list, for an archive.
pub(crate) struct Spool {
    encoder: zstd::Encoder<'static, Vec<u8>>,
    pub(crate) objects: usize,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("objects", &self.objects).finish_non_exhaustive()
    }
}

impl Spool {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { encoder: zstd::Encoder::new(Vec::new(), 1)?, objects: 0 })
    }

    /// Adds an object that was written as JSON without line breaks.
    pub(crate) fn push(&mut self, text: &[u8]) -> std::io::Result<()> {
        self.encoder.write_all(text)?;
        self.encoder.write_all(b"\n")?;
        self.objects += 1;
        Ok(())
    }

    /// Ends the writing.
    pub(crate) fn finish(self) -> std::io::Result<Pile> {
        Ok(Pile { bytes: self.encoder.finish()? })
    }
}

/// The objects of one list, to be read as often as need be.
#[derive(Debug)]
pub(crate) struct Pile {
    bytes: Vec<u8>,
}

impl Pile {
    /// Reads the objects, in their order.
    pub(crate) fn each(&self, mut each: impl FnMut(Value) -> std::io::Result<()>) -> std::io::Result<()> {
        let mut lines = BufReader::new(zstd::Decoder::new(self.bytes.as_slice())?);
        let mut line = Vec::new();
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            each(serde_json::from_slice(&line)?)?;
        }
    }
}
