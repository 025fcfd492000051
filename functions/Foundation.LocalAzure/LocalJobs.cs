using Foundation.Azure.Tables;
using Foundation.Workers;

namespace Foundation.LocalAzure;

/// <summary>
/// What timer functions do on Azure: the job groups at their intervals, and the cleaning of the store once a day. Drains at stop.
/// </summary>
internal sealed class LocalJobs(
    JobRunner jobs, AzureTablesStore store, LocalAzureSettings settings, WorkTracker tracker, TimeProvider time, ILogger<LocalJobs> logger)
    : BackgroundService
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromDays(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await tracker.DrainAsync(DrainPatience);
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        [.. Enum.GetValues<JobGroup>().Select(g => RepeatAsync(g, stoppingToken)), RepeatAsync(CleanEvery, CleanAsync, stoppingToken)]);

    private Task RepeatAsync(JobGroup group, CancellationToken ct) =>
        RepeatAsync(settings.JobsEvery ?? JobRunner.Every(group), token => jobs.RunAsync(group, token), ct);

    private async ValueTask CleanAsync(CancellationToken ct)
    {
        var (bodies, stamps) = await store.CleanAsync(time.GetUtcNow(), ct);
        logger.Cleaned(bodies, stamps);
    }

    private async Task RepeatAsync(TimeSpan every, Func<CancellationToken, ValueTask> job, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(every, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await job(ct);
            }
            catch (StoreUnavailableException e)
            {
                logger.JobPutOff(e);
            }
        }
    }
}

/// <summary>Event ids 7050–7059.</summary>
internal static partial class LocalAzureLog
{
    [LoggerMessage(7050, LogLevel.Warning, "A job could not reach the storage account; it runs again at its next time")]
    public static partial void JobPutOff(this ILogger logger, Exception error);

    [LoggerMessage(7051, LogLevel.Information, "{Bodies} bodies that no row names and {Stamps} old stamps were deleted")]
    public static partial void Cleaned(this ILogger logger, int bodies, int stamps);
}
