namespace Foundation.Workflows;

/// <summary>
/// Takes a run forward: drains its inbox, decides, commits. On Azure a run's orchestration calls it, as its doorbell and alarm clock;
/// elsewhere the room's own wake-ups do. Idempotent, and safe to call for one run from two processes at once.
/// </summary>
public interface IRunAdvancer
{
    /// <summary>Looks at a run.</summary>
    /// <param name="runId">The run's public id (<c>run_…</c>).</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// When the run next wants to be looked at, unless something happens before: <see cref="DateTimeOffset.MaxValue"/> for one that waits
    /// for others only. Null: it has ended, or there is none.
    /// </returns>
    ValueTask<DateTimeOffset?> AdvanceAsync(string runId, CancellationToken ct);
}
