using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>Runs a job group: every room's part, and the sweep with maintenance. Timers of every host call this.</summary>
public sealed class JobRunner(RoomDirectory directory, Sweeper sweeper, ILogger<JobRunner> logger)
{
    /// <summary>How often each group runs.</summary>
    public static TimeSpan Every(JobGroup group) => group == JobGroup.Maintenance ? TimeSpan.FromSeconds(60) : TimeSpan.FromSeconds(10);

    /// <summary>One run; a room that fails does not keep the others from theirs.</summary>
    public async ValueTask RunAsync(JobGroup group, CancellationToken ct)
    {
        foreach (var room in directory.Rooms)
        {
            try
            {
                await room.TickAsync(group, ct);
            }
#pragma warning disable CA1031 // Jobs are repeated; one room's failure is logged and the others go on.
            catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                logger.TickFailed(group, room.Info.Name, e);
            }
        }

        if (group == JobGroup.Maintenance)
        {
            await sweeper.SweepAsync(ct);
        }
    }
}
