using System.Collections.Concurrent;
using Foundation.Workflows;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.Orchestrations;

/// <summary>Rings the orchestration of a run, which is called like the run; starts it where there is none.</summary>
internal sealed class RunBell(DurableClients clients, TimeProvider time, ILogger<RunBell> logger)
{
    private readonly ConcurrentDictionary<string, int> _advancing = new(StringComparer.Ordinal);

    /// <summary>The run that a wake-up is about; null for all other wake-ups.</summary>
    public static string? FindRun(WakeUp wakeUp) => RunWakeUps.RunIdOf(wakeUp);

    /// <summary>Rings for something that was committed before.</summary>
    /// <param name="run">The run.</param>
    /// <param name="at">When it wants to be looked at, Unix milliseconds.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask RingAsync(string run, long at, CancellationToken ct)
    {
        // An alarm that the run sets itself is the answer of its activity: ringing for it would only cost a round.
        if (_advancing.ContainsKey(run) && at > time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return;
        }

        try
        {
            await RingOrStartAsync(clients.Client, run, ct);
        }
#pragma warning disable CA1031 // Whatever the client throws, the run's rows stand, and maintenance rings again.
        catch (Exception e) when (e is not StoreUnavailableException && !ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new StoreUnavailableException($"The orchestration of {run} could not be rung.", e);
        }
    }

    /// <summary>Marks a run as being advanced in this process, until disposed.</summary>
    public IDisposable Advancing(string run)
    {
        _advancing.AddOrUpdate(run, 1, static (_, count) => count + 1);
        return new Mark(this, run);
    }

    private async ValueTask RingOrStartAsync(DurableTaskClient client, string run, CancellationToken ct)
    {
        var found = await client.GetInstanceAsync(run, getInputsAndOutputs: false, ct);
        switch (found?.RuntimeStatus)
        {
            case OrchestrationRuntimeStatus.Pending:
                // Its first look comes after what was committed; an event sent to it now might be dropped.
                return;
            case OrchestrationRuntimeStatus.Running or OrchestrationRuntimeStatus.Suspended:
                await client.RaiseEventAsync(run, RunOrchestration.Bell, null, ct);
                return;
            default:
                await StartAsync(client, run, ct);
                return;
        }
    }

    private async ValueTask StartAsync(DurableTaskClient client, string run, CancellationToken ct)
    {
        var options = new StartOrchestrationOptions(run).WithDedupeStatuses(
            OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Suspended);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(RunOrchestration.Name, null, options, ct);
        }
#pragma warning disable CA1031 // That another was faster has no exception type of its own that all versions share.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.RunStartedByAnother(run, e);
            await client.RaiseEventAsync(run, RunOrchestration.Bell, null, ct);
        }
    }

    private void Advanced(string run)
    {
        if (_advancing.AddOrUpdate(run, 0, static (_, count) => count - 1) <= 0)
        {
            _advancing.TryRemove(new KeyValuePair<string, int>(run, 0));
        }
    }

    private sealed class Mark(RunBell bell, string run) : IDisposable
    {
        public void Dispose() => bell.Advanced(run);
    }
}
