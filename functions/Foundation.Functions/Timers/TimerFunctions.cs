using Foundation.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Foundation.Functions.Timers;

/// <summary>
/// The job groups, each once a minute: a timer that fired every ten seconds would keep an instance awake and billed around the clock.
/// Late or doubled runs do no harm, so no schedule is kept: what a missed run would have found, the next one finds.
/// </summary>
internal sealed class TimerFunctions(FoundationHost host, JobRunner jobs, DurableClients clients)
{
    private const string EveryMinute = "0 * * * * *";

    [Function("health-checks")]
    public Task CheckHealthAsync([TimerTrigger(EveryMinute, UseMonitor = false)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        RunAsync(JobGroup.HealthChecks, client, ct);

    [Function("alert-escalation")]
    public Task EscalateAlertsAsync([TimerTrigger(EveryMinute, UseMonitor = false)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        RunAsync(JobGroup.AlertEscalation, client, ct);

    [Function("maintenance")]
    public Task MaintainAsync([TimerTrigger(EveryMinute, UseMonitor = false)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        RunAsync(JobGroup.Maintenance, client, ct);

    private async Task RunAsync(JobGroup group, DurableTaskClient client, CancellationToken ct)
    {
        clients.Hold(client);
        await host.EnsureLoadedAsync(ct);
        await jobs.RunAsync(group, ct);
    }
}
