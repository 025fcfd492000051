using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Foundation.Retry;

namespace Foundation.Tasks;

/// <summary>The durable state of a task: what its row holds. Changed only by <see cref="TaskDecider"/>.</summary>
internal sealed record AgentTask
{
    /// <summary>The row's key; not stored twice.</summary>
    [JsonIgnore]
    public ResourceId Id { get; init; }

    public required string Tenant { get; init; }

    public required string CreatedBy { get; init; }

    public required string Type { get; init; }

    public required string Queue { get; init; }

    public required TaskTarget Target { get; init; }

    public required TaskPriority Priority { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required AgentTaskStatus Status { get; init; }

    /// <summary>Since when it has this status.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it has this status, where that is not plain.</summary>
    public string? Reason { get; init; }

    /// <summary>Counts transitions: the number of the posts it sends.</summary>
    public required long Number { get; init; }

    /// <summary>Its place in its lane; kept when an attempt is returned.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When a scheduled task is due.</summary>
    public DateTimeOffset? RunAt { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required TimeSpan Heartbeat { get; init; }

    public RetryChoice? Retry { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The number of the latest attempt. Never reused, not even by a replay.</summary>
    public int Attempt { get; init; }

    /// <summary>Failures counted against the policy since the creation or the last replay.</summary>
    public int Failures { get; init; }

    /// <summary>Attempts in a row that started and never had an outcome.</summary>
    public int Lost { get; init; }

    /// <summary>The delay before the latest retry, for policies that build on it.</summary>
    public TimeSpan LastDelay { get; init; }

    /// <summary>When the first counted failure was, for policies that expire.</summary>
    public DateTimeOffset? FirstFailureAt { get; init; }

    public RunningAttempt? Current { get; init; }

    /// <summary>The last 20 ended attempts, oldest first.</summary>
    public ImmutableArray<EndedAttempt> History { get; init; } = [];

    public TaskProblem? Problem { get; init; }

    public TaskUsage? Usage { get; init; }

    public TaskCancellation? Cancel { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When an ended task is deleted.</summary>
    public DateTimeOffset? RetainUntil { get; init; }

    /// <summary>Whether a row of <see cref="TaskTables.Results"/> holds its result.</summary>
    public bool HasResult { get; init; }

    /// <summary>Edits of the data by replays: the latest row of <see cref="TaskTables.Edits"/>; 0 is the body as submitted.</summary>
    public int DataEdition { get; init; }

    /// <summary>W3C trace context of the submission, passed on with every attempt.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Who is told of its end by a post, where a room made it.</summary>
    public TaskOwner? Owner { get; init; }

    [JsonIgnore]
    public bool Ended => Status is AgentTaskStatus.Succeeded or AgentTaskStatus.DeadLettered or AgentTaskStatus.Cancelled;
}

/// <summary>The attempt that an agent has.</summary>
internal sealed record RunningAttempt
{
    public required string Instance { get; init; }

    /// <summary>The registration it was given to: a takeover loses it.</summary>
    public required long Generation { get; init; }

    /// <summary>The process that pushes it.</summary>
    public required string Worker { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Silence until here is a lost attempt.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>The hard end of the attempt.</summary>
    public required DateTimeOffset TimeoutAt { get; init; }

    /// <summary>Answered 202: the agent settles it by the API.</summary>
    public bool Accepted { get; init; }

    public TaskProgress? Progress { get; init; }

    public TaskUsage? Usage { get; init; }
}

/// <summary>An attempt that is over.</summary>
internal sealed record EndedAttempt
{
    public required int Attempt { get; init; }

    public required string Instance { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    public TaskProblem? Problem { get; init; }

    public TaskUsage? Usage { get; init; }

    /// <summary>Hash of the answer that settled it: the same answer again gets the same reply.</summary>
    public ulong? AnswerHash { get; init; }

    /// <summary>Where the task stood after it.</summary>
    public required AgentTaskStatus StatusAfter { get; init; }

    /// <summary>When the task was due again.</summary>
    public DateTimeOffset? NextAt { get; init; }
}

/// <summary>How an attempt ended. Persisted names.</summary>
[JsonConverter(typeof(KebabEnumConverter<AttemptOutcome>))]
internal enum AttemptOutcome
{
    Succeeded,
    Failed,
    TimedOut,
    Lost,
    Returned,
    Cancelled,
}

/// <summary>The room and thing that wait for a task's end.</summary>
internal sealed record TaskOwner(string Room, string Subject);

/// <summary>What a decision depends on besides the task: resolved by the service from documents.</summary>
/// <param name="Retry">The policy in force.</param>
/// <param name="Seed">For jitter.</param>
/// <param name="DeadLetterAfter">Attempts lost in a row before dead-lettering.</param>
/// <param name="Retention">How long succeeded and cancelled tasks are kept.</param>
/// <param name="DeadLetterRetention">How long dead letters are kept.</param>
/// <param name="Skew">How far clocks may differ: a lease ends for others this much later.</param>
internal sealed record TaskRules(
    RetryPolicy Retry, uint Seed, int DeadLetterAfter, TimeSpan Retention, TimeSpan DeadLetterRetention, TimeSpan Skew);
