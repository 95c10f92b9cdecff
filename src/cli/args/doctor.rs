//! Arguments of `sunto doctor`.

#[derive(clap::Args, Clone, Debug, Default)]
pub struct DoctorArgs {
    /// As one JSON object.
    #[arg(long)]
    pub json: bool,
}
