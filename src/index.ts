/**
 * portplan as a library: who holds a host port, which ports are free, and containers started on them. Every function
 * throws {@link PortplanError} for what is expected to go wrong, and anything else only for a fault of its own.
 *
 * @packageDocumentation
 */
export { type CheckOptions, check } from './commands/check.ts';
export { type ExplainOptions, explain } from './commands/explain.ts';
export { type ImagesOptions, images } from './commands/images.ts';
export { type LeaseOptions, lease } from './commands/lease.ts';
export type { ProjectFlags } from './commands/leasing.ts';
export { plan } from './commands/plan.ts';
export type { PlanCommandOptions as PlanOptions } from './commands/plan-options.ts';
export type { PlannedProject } from './commands/plan-project.ts';
export type { PlanningFlags } from './commands/planning.ts';
export type { RunListener } from './commands/prepare-run.ts';
export type { PreparedUp, UpRequest } from './commands/prepare-up.ts';
export type { ComposeFlags } from './commands/projects.ts';
export type { PullListener } from './commands/provide-image.ts';
export { type PsOptions, ps } from './commands/ps.ts';
export { type RunOptions, run } from './commands/run.ts';
export { type StartOptions, start } from './commands/start.ts';
export type { StartListener } from './commands/start-container.ts';
export { type StopOptions, stop } from './commands/stop.ts';
export type { StopListener } from './commands/stop-own.ts';
export { type UpOptions, type UpOutcome, up } from './commands/up.ts';
export { type WhereOptions, where } from './commands/where.ts';
export type { Wish } from './commands/wishes.ts';
export { loadProject as readCompose } from './compose/load.ts';
export type { ComposeOptions } from './compose/options.ts';
export {
  type ComposeProject,
  type ComposePublish,
  type ComposeService,
  publishesOf,
} from './compose/project.ts';
export { applyEdits, foldersOf } from './compose/write/apply-edits.ts';
export { formatDiff } from './compose/write/format-diff.ts';
export { planEdits } from './compose/write/plan-edits.ts';
export type { PullProgress } from './engine/pull.ts';
export { type ErrorCode, type Location, PortplanError } from './errors.ts';
export { anyAddress, type HostAddress, toHostAddress } from './model/address.ts';
export type {
  Binding,
  BindingState,
  ContainerHolder,
  Endpoint,
  Holder,
  LeaseHolder,
  ProcessHolder,
  ServiceHolder,
} from './model/binding.ts';
export {
  type Conflict,
  type ConflictCode,
  conflictTitles,
  type Remedy,
  type Suggestion,
} from './model/conflict.ts';
export { describeConflict } from './model/describe-conflict.ts';
export { describeHolder } from './model/describe-holder.ts';
export type {
  ExplainedFault,
  FailedContainer,
  FaultStatus,
  Trap,
  TrapCode,
} from './model/explanation.ts';
export { findFaults } from './model/find-faults.ts';
export type { HostState, PortFacts } from './model/host.ts';
export { bindingBlocks, type Overlap, publishesOverlap } from './model/overlap.ts';
export { parsePublish } from './model/parse-publish.ts';
export type { Assignment, Choice, Plan } from './model/plan.ts';
export { type Port, type PortRange, type Protocol, toPort } from './model/port.ts';
export { type FaultCode, faultTitles, type PortFault } from './model/port-fault.ts';
export { formatPublish, type Origin, type Publish } from './model/publish.ts';
export type {
  CheckedProject,
  CheckReport,
  CheckVerdict,
  ExplainReport,
  ImagesReport,
  LeaseReport,
  LeftPublish,
  OpenPort,
  PlannedEdit,
  PlannedImage,
  PlanReport,
  PlanWrite,
  PsReport,
  RunReport,
  ServicePort,
  ShownLease,
  StartedItem,
  StartedPort,
  StartReport,
  StartState,
  StoppedItem,
  StopReport,
  StopState,
  UpReport,
  WhereReport,
} from './model/report.ts';
export type { Snapshot, Source, SourceName } from './model/snapshot.ts';
export { type EngineKind, type EngineTraits, type Rules, traitsOf } from './model/traits.ts';
export { findConflicts } from './planner/find-conflicts.ts';
export type {
  PlanOptions as PortPlanOptions,
  PublishHistory,
  PublishPolicy,
} from './planner/plan-options.ts';
export { planPorts } from './planner/plan-ports.ts';
export { type ScannedHost, type ScanOptions, scan } from './scanner/scan.ts';
