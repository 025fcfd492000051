using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>The workers of a host with one process: the pump of wake-ups and the timers of the job groups. Drains at stop.</summary>
public sealed class InProcessWorkers(
    InProcessCarrier carrier, JobRunner jobs, WorkTracker tracker, TimeProvider time, ILogger<InProcessWorkers> logger) : BackgroundService
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (tracker.Count > 0)
        {
            logger.Draining(tracker.Count);
            await tracker.DrainAsync(DrainPatience);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await carrier.PrimeAsync(stoppingToken);
        await Task.WhenAll([carrier.PumpAsync(stoppingToken), .. Enum.GetValues<JobGroup>().Select(g => RepeatAsync(g, stoppingToken))]);
    }

    private async Task RepeatAsync(JobGroup group, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(JobRunner.Every(group), time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            await jobs.RunAsync(group, ct);
        }
    }
}
