using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Foundation.Functions.Orchestrations;

/// <summary>
/// A run's doorbell and alarm clock: looks at the run, waits until something happens or its time comes, looks again. Ids only in its
/// history and no rules in its code, so that rules may change while runs of thirty days are in flight.
/// </summary>
/// <remarks>
/// Replayed from its history: whatever changes the order or kind of its calls breaks runs in flight and needs a new version (host.json:
/// <c>defaultVersion</c>) with the old code kept. <c>golden-history</c> in the tests holds it.
/// </remarks>
internal static class RunOrchestration
{
    public const string Name = "run";
    public const string Bell = "ring";
    public const string Advance = "advance";

    /// <summary>Rounds before the history starts anew; a history is replayed whole at each round.</summary>
    public const int RoundsMax = 50;

    /// <summary>The longest sleep: should a ring be lost, this finds it.</summary>
    public static readonly TimeSpan AlarmMax = TimeSpan.FromMinutes(15);

    /// <summary>The shortest, so that a run that is always due does not spin.</summary>
    public static readonly TimeSpan AlarmMin = TimeSpan.FromSeconds(1);

    /// <summary>After a look that the platform ended, by a time-out or a crash.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    [Function(Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        // One wait outstanding, ever: waits form a stack, and an abandoned one would swallow the next ring.
        var bell = context.WaitForExternalEvent<object?>(Bell);
        for (var round = 0; round < RoundsMax; round++)
        {
            // Every ring so far is answered by the one look that follows.
            while (bell.IsCompleted)
            {
                bell = context.WaitForExternalEvent<object?>(Bell);
            }

            if (await AdvanceAsync(context) is not { } next)
            {
                return;
            }

            await BellOrAlarmAsync(context, bell, next);
        }

        context.ContinueAsNew(null, preserveUnprocessedEvents: true);
    }

    /// <summary>Looks at the run; null when it has ended.</summary>
    private static async Task<DateTime?> AdvanceAsync(TaskOrchestrationContext context)
    {
        try
        {
            var next = await context.CallActivityAsync<long?>(Advance, context.InstanceId);
            return next is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime : null;
        }
        catch (TaskFailedException)
        {
            return context.CurrentUtcDateTime + AfterFailure;
        }
    }

    private static async Task BellOrAlarmAsync(TaskOrchestrationContext context, Task bell, DateTime next)
    {
        if (bell.IsCompleted)
        {
            return;
        }

        var (least, most) = (context.CurrentUtcDateTime + AlarmMin, context.CurrentUtcDateTime + AlarmMax);
        using var rung = new CancellationTokenSource();
        var alarm = context.CreateTimer(next < least ? least : next > most ? most : next, rung.Token);
        await Task.WhenAny(bell, alarm);
        if (!alarm.IsCompleted)
        {
            // A timer that nobody waits for would keep the run until it fires. Not CancelAsync, which leaves the orchestrator's thread.
#pragma warning disable CA1849
            rung.Cancel();
#pragma warning restore CA1849
        }
    }
}
