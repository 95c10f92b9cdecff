//! `sunto doctor`: what would run here, with what, from where.
use super::{
    args::{doctor::DoctorArgs, model::ModelArgs},
    hub, output,
    place::{self, Place},
    settings::Settings,
    translator,
};
use serde_json::{json, Value};
use std::process::ExitCode;

pub fn run(settings: &Settings, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let facts = facts(settings)?;
    if args.json {
        output::line(&serde_json::to_string_pretty(&facts)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::print(&output::table(&facts))?;
    Ok(ExitCode::SUCCESS)
}

fn facts(settings: &Settings) -> anyhow::Result<Value> {
    let device = match translator::device(settings) {
        Ok(device) if device.is_cpu() => format!("{} -> cpu", settings.device),
        Ok(_) => format!("{} -> accelerator", settings.device),
        Err(error) => error.to_string(),
    };
    let model = settings.model(&ModelArgs::default())?;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "platform": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "processor": features(),
        "threads": settings.thread_count(),
        "device": device,
        "compiled for": compiled(),
        "translator": model.model,
        "its files": match place::find(settings, &model.model) {
            Ok(Place::Embedded) => "embedded in this binary".to_string(),
            Ok(Place::File(path) | Place::Folder(path)) => path.display().to_string(),
            Ok(Place::Cached(cached)) => cached.snapshot.dir.display().to_string(),
            Err(missing) => missing.to_string(),
        },
        "model cache": cache(),
        "beams": model.beams,
        "max tokens": model.max_tokens,
        "strategy": settings.strategy(None, "extract-translate"),
        "settings file": settings.path.as_ref().map(|p| p.display().to_string()),
        "network": if settings.offline { "off" } else { "for `models pull` only" },
    }))
}

/// Where pulled models are, and how many.
fn cache() -> String {
    let cache = hub::cache();
    let place = cache.dir.display();
    match cache.snapshots() {
        Ok(found) => {
            let locked: Vec<u64> = found.iter().filter_map(|s| s.lock.as_ref()).map(|l| l.size()).collect();
            let megabytes = locked.iter().sum::<u64>() as f64 / 1e6;
            match found.len() - locked.len() {
                0 => format!("{place}: {} models, {megabytes:.1} MB", locked.len()),
                others => format!(
                    "{place}: {} models, {megabytes:.1} MB; {others} of other tools",
                    locked.len()
                ),
            }
        }
        Err(error) => format!("{place}: {error}"),
    }
}

/// Devices that this binary was compiled for.
fn compiled() -> Vec<&'static str> {
    let mut devices = vec!["cpu"];
    for (name, there) in [
        ("cuda", cfg!(feature = "cuda")),
        ("metal", cfg!(feature = "metal")),
        ("accelerate", cfg!(feature = "accelerate")),
        ("mkl", cfg!(feature = "mkl")),
    ] {
        if there {
            devices.push(name);
        }
    }
    devices
}

/// Vector features of the processor that matter to the kernels.
pub fn features() -> Vec<&'static str> {
    let mut found = vec![];
    #[cfg(target_arch = "x86_64")]
    for (name, there) in [
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("f16c", is_x86_feature_detected!("f16c")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
    ] {
        if there {
            found.push(name);
        }
    }
    #[cfg(target_arch = "aarch64")]
    for (name, there) in [
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        ("dotprod", std::arch::is_aarch64_feature_detected!("dotprod")),
        ("i8mm", std::arch::is_aarch64_feature_detected!("i8mm")),
    ] {
        if there {
            found.push(name);
        }
    }
    found
}
