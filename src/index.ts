/**
 * portplan as a library: who holds a host port, which ports are free, and containers started on them. Every function
 * throws {@link PortplanError} for what is expected to go wrong, and anything else only for a fault of its own.
 *
 * @packageDocumentation
 */
export { type CheckOptions, check } from './commands/check/check.ts';
export { type ExplainOptions, explain } from './commands/explain/explain.ts';
export { type ImagesOptions, images } from './commands/images/images.ts';
export { type LeaseOptions, lease } from './commands/lease/lease.ts';
export type { PlanCommandOptions as PlanOptions } from './commands/plan/options.ts';
export { plan } from './commands/plan/plan.ts';
export { findServicePorts, type ServicePortsOptions } from './commands/port/port.ts';
export { type PsOptions, ps } from './commands/ps/ps.ts';
export type { PullListener } from './commands/run/ensure-image.ts';
export type { RunEvents } from './commands/run/prepare.ts';
export { type RunOptions, run } from './commands/run/run.ts';
export { type StartOptions, start } from './commands/start/start.ts';
export type { StartListener } from './commands/start/types.ts';
export { type StopOptions, stop } from './commands/stop/stop.ts';
export type { StopListener } from './commands/stop/stop-container.ts';
export type { PreparedUp, UpRequest } from './commands/up/prepare.ts';
export { type UpOptions, type UpOutcome, up } from './commands/up/up.ts';
export { applyEdits, writableFolders } from './compose/edit/apply-edits.ts';
export { formatDiff } from './compose/edit/diff.ts';
export { planEdits } from './compose/edit/plan-edits.ts';
export { loadProject as readCompose } from './compose/load.ts';
export type { ComposeOptions } from './compose/options.ts';
export {
  type ComposeProject,
  type ComposePublish,
  type ComposeService,
  publishesOf,
} from './compose/project.ts';
export type { PullProgress } from './engine/images/pull.ts';
export { type ErrorCode, type Location, PortplanError } from './errors.ts';
export {
  type Conflict,
  type ConflictCode,
  conflictTitles,
  type Remedy,
  type Suggestion,
} from './model/findings/conflict.ts';
export { describeConflict } from './model/findings/describe-conflict.ts';
export { describeHolder } from './model/findings/describe-holder.ts';
export type {
  ErrorStatus,
  ExplainedError,
  FailedContainer,
  Pitfall,
  PitfallCode,
} from './model/findings/explanation.ts';
export type { Assignment, Choice, Plan } from './model/findings/plan.ts';
export {
  type PortError,
  type PortErrorCode,
  portErrorTitles,
} from './model/findings/port-error.ts';
export type {
  CheckedProject,
  CheckReport,
  CheckVerdict,
  ExplainReport,
  ImagesReport,
  LeaseEntry,
  LeaseReport,
  OpenPort,
  PlannedEdit,
  PlannedImage,
  PlanReport,
  PlanWrite,
  PsReport,
  RunReport,
  ServicePort,
  ServicePortsReport,
  StartedItem,
  StartedPort,
  StartReport,
  StartState,
  StoppedItem,
  StopReport,
  StopState,
  UnplannedPublish,
  UpReport,
} from './model/findings/report.ts';
export type {
  Binding,
  BindingState,
  ContainerHolder,
  Endpoint,
  Holder,
  LeaseHolder,
  ProcessHolder,
  ServiceHolder,
} from './model/host/binding.ts';
export {
  type EngineKind,
  type EngineTraits,
  type Rules,
  traitsOf,
} from './model/host/engine-traits.ts';
export type { HostState, PortFacts } from './model/host/host-state.ts';
export { bindingBlocks, type Overlap, publishesOverlap } from './model/host/overlap.ts';
export type { Snapshot, Source, SourceName } from './model/host/snapshot.ts';
export { anyAddress, type HostAddress, toHostAddress } from './model/ports/address.ts';
export { parsePublish } from './model/ports/parse-publish.ts';
export { type Port, type PortRange, type Protocol, toPort } from './model/ports/port.ts';
export { formatPublish, type Origin, type Publish } from './model/ports/publish.ts';
export { findConflicts } from './planner/host-conflicts.ts';
export type {
  PlanOptions as PortPlanOptions,
  PublishHistory,
  PublishPolicy,
} from './planner/options.ts';
export { planPorts } from './planner/plan-ports.ts';
export { parsePortErrors } from './port-errors/parse.ts';
export { type ScanOptions, type ScanResult, scan } from './scanner/scan.ts';
export type { ComposeFlags } from './workflows/inputs/load-projects.ts';
export type { PlanningFlags } from './workflows/inputs/plan-flags.ts';
export type { TargetRequest } from './workflows/inputs/targets.ts';
export type { PlannedProject } from './workflows/plans/plan-project.ts';
export type { ProjectFlags } from './workflows/plans/plan-with-leases.ts';
