//! A plan cut into parts that a `ConfigMap` holds and a Job can finish.

use kubereach_prober::Plan;
use kubereach_prober::plan::{Limits, Target};
use kubereach_prober::words::Purpose;

use super::JobError;

/// How large a part may be.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    /// Bytes of its JSON. A `ConfigMap` holds 1 MiB of data (core/v1 `ConfigMap.data`).
    pub bytes: usize,
    /// Its targets: more take longer than a pod should sit in a cluster.
    pub targets: usize,
}

impl Default for Split {
    fn default() -> Self {
        Self { bytes: 768 * 1024, targets: 500 }
    }
}

impl Split {
    /// The parts, in order; one if all of it fits. Controls of the vantage are in every part, as every part
    /// has a pod of its own.
    pub fn parts(&self, plan: &Plan) -> Result<Vec<Plan>, JobError> {
        if plan.targets.is_empty() {
            return Err(JobError::Empty);
        }
        let (common, rest): (Vec<&Target>, Vec<&Target>) = plan.targets.iter().partition(|t| is_of_vantage(t));
        let head = Plan { targets: Vec::new(), left_out: Vec::new(), ..plan.clone() };
        let mut frame = serde_json::to_string(&head)?.len() + 512;
        for target in &common {
            frame += size(target)?;
        }
        let mut parts: Vec<Vec<&Target>> = vec![Vec::new()];
        let mut bytes = frame;
        for target in rest {
            let own = size(target)?;
            if frame + own > self.bytes {
                return Err(JobError::TooLarge { id: target.id.clone(), bytes: own });
            }
            let full = parts.last().is_some_and(|part| {
                !part.is_empty() && (part.len() + common.len() >= self.targets || bytes + own > self.bytes)
            });
            if full {
                parts.push(Vec::new());
                bytes = frame;
            }
            bytes += own;
            if let Some(part) = parts.last_mut() {
                part.push(target);
            }
        }
        let several = parts.len() > 1;
        Ok(parts
            .into_iter()
            .map(|targets| {
                let mut part = head.clone();
                part.targets = common.iter().copied().chain(targets).cloned().collect();
                if several {
                    part.limits.total_ms = part.limits.total_ms.min(Limits::for_targets(part.targets.len()).total_ms);
                }
                part
            })
            .collect())
    }
}

/// What shows that a vantage works, and therefore belongs to each.
fn is_of_vantage(target: &Target) -> bool {
    target.purpose == Purpose::Control && matches!(target.id.as_str(), "control/cluster-dns" | "control/dns-server")
}

fn size(target: &Target) -> Result<usize, JobError> {
    Ok(serde_json::to_string(target)?.len() + 1)
}
