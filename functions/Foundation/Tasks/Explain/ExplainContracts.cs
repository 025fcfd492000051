using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>Why a task is as it is, and what happens next.</summary>
public sealed record TaskExplanation
{
    /// <summary>Where it stands, or would stand.</summary>
    public required AgentTaskStatus Status { get; init; }

    /// <summary>All that keeps it there, the decisive one first; empty when it is about to move or has ended.</summary>
    public required IReadOnlyList<TaskReason> Reasons { get; init; }

    /// <summary>Tasks before it in its lane, while it is queued; counted up to 1,000.</summary>
    public long? Ahead { get; init; }

    /// <summary>When the next thing happens by itself.</summary>
    public DateTimeOffset? NextChangeAt { get; init; }

    /// <summary>Every instance that its target names, with why it can or cannot take it now.</summary>
    public required IReadOnlyList<TaskCandidate> Candidates { get; init; }

    /// <summary>What happened so far, oldest first.</summary>
    public required IReadOnlyList<TaskPhaseSpan> Timeline { get; init; }

    /// <summary>The delays before each retry that the policy gives, in a dry run.</summary>
    public IReadOnlyList<TimeSpan>? RetryDelays { get; init; }

    /// <summary>Things to know, in a dry run.</summary>
    public IReadOnlyList<TaskWarning>? Warnings { get; init; }
}

/// <summary>One reason.</summary>
/// <param name="Code">Stable code, for example <c>queues.paused</c>.</param>
/// <param name="Detail">For a person.</param>
/// <param name="Since">Since when it holds.</param>
/// <param name="Subject">What it is about: a queue, an instance, a capability.</param>
/// <param name="Until">When it ends by itself, where that is known.</param>
/// <param name="Fix">The request that would end it.</param>
public sealed record TaskReason(string Code, string Detail, DateTimeOffset Since, string Subject, DateTimeOffset? Until = null, TaskFix? Fix = null);

/// <summary>A request that helps.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path, with placeholders in braces.</param>
public sealed record TaskFix(string Method, string Path);

/// <summary>An instance that could do the task.</summary>
/// <param name="Instance"><c>service/instance</c></param>
/// <param name="Eligible">Whether it could take it now.</param>
/// <param name="Reasons">Why not.</param>
public sealed record TaskCandidate(string Instance, bool Eligible, IReadOnlyList<TaskReason> Reasons);

/// <summary>What a task was doing.</summary>
[JsonConverter(typeof(KebabEnumConverter<TaskPhase>))]
public enum TaskPhase
{
    /// <summary>Waited for its delay or time.</summary>
    Scheduled,

    /// <summary>Waited for a slot.</summary>
    Queued,

    /// <summary>An agent had it.</summary>
    Running,

    /// <summary>Waited after a failure.</summary>
    Backoff,
}

/// <summary>A stretch of the timeline.</summary>
/// <param name="Phase">What it was doing.</param>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when; absent while it lasts.</param>
/// <param name="Attempt">The attempt, for <c>running</c>.</param>
public sealed record TaskPhaseSpan(TaskPhase Phase, DateTimeOffset From, DateTimeOffset? Until, int? Attempt = null);
