using Foundation.Workflows;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.Orchestrations;

/// <summary>The one activity of a run's orchestration.</summary>
internal sealed class RunActivities(
    IRunAdvancer advancer, FoundationHost host, RunBell bell, DurableClients clients, TimeProvider time, ILogger<RunActivities> logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <summary>Takes the run forward.</summary>
    /// <returns>When to look again, Unix milliseconds; null when it has ended. A failure is an answer too: thrown, it would end the orchestration.</returns>
    [Function(RunOrchestration.Advance)]
    public async Task<long?> AdvanceAsync([ActivityTrigger] string run, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        clients.Hold(client);
        using var advancing = bell.Advancing(run);
        try
        {
            await host.EnsureLoadedAsync(ct);
            return (await advancer.AdvanceAsync(run, ct))?.ToUnixTimeMilliseconds();
        }
#pragma warning disable CA1031 // Rows decide: the next look finds what this one did not do.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.RunNotAdvanced(run, e);
            return (time.GetUtcNow() + Again).ToUnixTimeMilliseconds();
        }
    }
}
