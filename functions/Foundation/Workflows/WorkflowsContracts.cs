using System.Text.Json.Serialization;

namespace Foundation.Workflows;

/// <summary>A workflow as it is in force.</summary>
public sealed record WorkflowResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>active</c>: new runs can be started.</summary>
    public required string Status { get; init; }

    /// <summary>Its steps, in the order of the document.</summary>
    public required IReadOnlyList<WorkflowStepResource> Steps { get; init; }

    /// <summary>How long a run may take.</summary>
    public TimeSpan? Deadline { get; init; }
}

/// <summary>A step of a workflow.</summary>
public sealed record WorkflowStepResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The steps before it.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>Its condition.</summary>
    public string? When { get; init; }

    /// <summary>The length of the longest chain of steps before it: steps of one level can run at the same time.</summary>
    public required int Level { get; init; }
}

/// <summary>Body of <c>POST /api/workflows/{name}/runs</c>.</summary>
public sealed record RunRequest
{
    /// <summary>What the run works on, any JSON: <c>input</c> in expressions. Default: null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Input { get; init; }

    /// <summary>1–256 characters; while a run of this workflow with this key is alive, starting another answers that one.</summary>
    public string? Key { get; init; }

    /// <summary>At most 16 labels; names and values up to 128 characters.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>Body of <c>POST /api/runs/{id}/pause</c> and <c>/cancel</c>.</summary>
public sealed record RunSteerRequest
{
    /// <summary>Why; up to 500 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Where a run stands.</summary>
[JsonConverter(typeof(KebabEnumConverter<WorkflowRunStatus>))]
public enum WorkflowRunStatus
{
    /// <summary>No task of it is under way: it was just accepted, or waits for something else than a task.</summary>
    Waiting,

    /// <summary>Tasks of it are under way.</summary>
    Running,

    /// <summary>No new steps start until it is resumed.</summary>
    Paused,

    /// <summary>Every step succeeded or was skipped.</summary>
    Succeeded,

    /// <summary>A step failed, or the time was over.</summary>
    Failed,

    /// <summary>Ended by a caller.</summary>
    Cancelled,
}

/// <summary>Where a step of a run stands.</summary>
[JsonConverter(typeof(KebabEnumConverter<RunStepStatus>))]
public enum RunStepStatus
{
    /// <summary>Not all that it needs has passed.</summary>
    Pending,

    /// <summary>Its task is under way.</summary>
    Running,

    /// <summary>Its task has a result.</summary>
    Succeeded,

    /// <summary>Its task ended in the dead letters, or it could not become one.</summary>
    Failed,

    /// <summary>Its condition did not hold.</summary>
    Skipped,

    /// <summary>Its task was cancelled, or it never started.</summary>
    Cancelled,
}

/// <summary>Why a run or step failed.</summary>
public sealed record RunProblem
{
    /// <summary>Stable code: the agent's, the task's or the run's.</summary>
    public required string Code { get; init; }

    /// <summary>What happened.</summary>
    public string? Detail { get; init; }

    /// <summary>The step that failed.</summary>
    public string? Step { get; init; }

    /// <summary>Its task, where there is one.</summary>
    public string? Task { get; init; }
}

/// <summary>A cancellation that was asked for.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RequestedAt">When.</param>
public sealed record RunCancellation(string? Reason, DateTimeOffset RequestedAt);

/// <summary>A step of a run as the API answers it.</summary>
public sealed record RunStepResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunStepStatus Status { get; init; }

    /// <summary>Its task, once it has started.</summary>
    public string? Task { get; init; }

    /// <summary>The number of the task's last attempt, once it has ended; 0 before.</summary>
    public required int Attempt { get; init; }

    /// <summary>When its task was asked for.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its result, in the answer about one run, up to 64 KiB each and 512 KiB together; larger ones are read from the task.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>Why it failed, shortened; the task has it whole.</summary>
    public RunProblem? Problem { get; init; }
}

/// <summary>A run as the API answers it.</summary>
public sealed record RunResource
{
    /// <summary><c>run_…</c></summary>
    public required string Id { get; init; }

    /// <summary>The workflow.</summary>
    public required string Workflow { get; init; }

    /// <summary>Its key.</summary>
    public string? Key { get; init; }

    /// <summary>Where it stands.</summary>
    public required WorkflowRunStatus Status { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why, where that is not plain.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    public required bool Ended { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it fails if it has not ended.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Its steps, in the order of the document.</summary>
    public required IReadOnlyList<RunStepResource> Steps { get; init; }

    /// <summary>What it was started with; in the answer about one run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Input { get; init; }

    /// <summary>What came of it; in the answer about one run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Output { get; init; }

    /// <summary>Why it failed, or will when its tasks have stopped.</summary>
    public RunProblem? Problem { get; init; }

    /// <summary>A cancellation that waits for its tasks to stop.</summary>
    public RunCancellation? Cancel { get; init; }

    /// <summary>What its ended steps consumed together.</summary>
    public Tasks.TaskUsage? Usage { get; init; }
}

/// <summary>What would happen, for <c>?dryRun=true</c>.</summary>
public sealed record RunPreview
{
    /// <summary>The workflow.</summary>
    public required string Workflow { get; init; }

    /// <summary>The live run that would be answered instead of a new one.</summary>
    public string? Existing { get; init; }

    /// <summary>Its steps, in the order of the document.</summary>
    public required IReadOnlyList<RunStepPreview> Steps { get; init; }
}

/// <summary>A step in a preview.</summary>
public sealed record RunStepPreview
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The steps before it.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>See <see cref="WorkflowStepResource.Level"/>.</summary>
    public required int Level { get; init; }

    /// <summary><c>start</c>, <c>skip</c> or <c>fail</c> at once, or <c>later</c>.</summary>
    public required string Then { get; init; }

    /// <summary>The task that would be submitted, for steps that start at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Task { get; init; }

    /// <summary>Why it would fail.</summary>
    public RunProblem? Problem { get; init; }
}

/// <summary>One thing that happened in a run.</summary>
public sealed record RunEvent
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// run-started, run-paused, run-resumed, run-failing, cancel-requested, run-succeeded, run-failed, run-cancelled; step-started,
    /// step-succeeded, step-failed, step-skipped, step-cancelled.
    /// </summary>
    public required string What { get; init; }

    /// <summary>The step it is about.</summary>
    public string? Step { get; init; }

    /// <summary>The step's task.</summary>
    public string? Task { get; init; }

    /// <summary>Why.</summary>
    public string? Detail { get; init; }
}

/// <summary>Why a run is as it is, and what happens next.</summary>
public sealed record RunExplanation
{
    /// <summary>Where it stands.</summary>
    public required WorkflowRunStatus Status { get; init; }

    /// <summary>All that keeps it there, the decisive one first; empty when it has ended.</summary>
    public required IReadOnlyList<Tasks.TaskReason> Reasons { get; init; }

    /// <summary>When the next thing happens by itself.</summary>
    public DateTimeOffset? NextChangeAt { get; init; }

    /// <summary>Its steps that have not ended: what each waits for.</summary>
    public required IReadOnlyList<RunStepExplanation> Steps { get; init; }

    /// <summary>What its steps did so far, in the order of their start.</summary>
    public required IReadOnlyList<RunStepSpan> Timeline { get; init; }
}

/// <summary>What a step waits for.</summary>
public sealed record RunStepExplanation
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunStepStatus Status { get; init; }

    /// <summary>The steps that must pass before.</summary>
    public IReadOnlyList<string>? WaitsFor { get; init; }

    /// <summary>Its task.</summary>
    public string? Task { get; init; }

    /// <summary>Why its task is where it is.</summary>
    public IReadOnlyList<Tasks.TaskReason>? Reasons { get; init; }
}

/// <summary>A stretch of the timeline.</summary>
/// <param name="Step">The step.</param>
/// <param name="From">Since when its task was under way.</param>
/// <param name="Until">Until when; absent while it is.</param>
public sealed record RunStepSpan(string Step, DateTimeOffset From, DateTimeOffset? Until);
