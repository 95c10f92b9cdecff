//! `sunto doctor`: what would run here, with what, from where.
use super::{
    args::{doctor::DoctorArgs, model::ModelArgs},
    output,
    settings::Settings,
};
use serde_json::{json, Value};
use std::process::ExitCode;

pub fn run(settings: &Settings, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let facts = facts(settings)?;
    if args.json {
        output::line(&serde_json::to_string_pretty(&facts)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let object = facts.as_object().into_iter().flatten();
    let text: String = object.map(|(k, v)| format!("{k:<14}{}\n", plain(v))).collect();
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn facts(settings: &Settings) -> anyhow::Result<Value> {
    let model = settings.model(&ModelArgs::default())?;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "platform": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "processor": features(),
        "threads": settings.thread_count(),
        "device": settings.device,
        "compiled for": compiled(),
        "translator": model.model,
        "beams": model.beams,
        "max tokens": model.max_tokens,
        "strategy": settings.strategy(None, "extract-translate"),
        "settings file": settings.path.as_ref().map(|p| p.display().to_string()),
        "network": if settings.offline { "off" } else { "allowed" },
    }))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Null => "none".into(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
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
fn features() -> Vec<&'static str> {
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
