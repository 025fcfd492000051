using Microsoft.Extensions.Logging;

namespace Foundation.Workflows;

/// <summary>Event ids 2200–2299.</summary>
internal static partial class WorkflowsLog
{
    [LoggerMessage(2200, LogLevel.Warning, "{Run} is changed by many at once: gave up after {Conflicts} conflicts, and will be looked at again")]
    public static partial void Contended(this ILogger logger, string run, int conflicts);

    [LoggerMessage(2201, LogLevel.Warning, "{Run} still has something to do after {Rounds} commits, and will be looked at again")]
    public static partial void RoundsExhausted(this ILogger logger, string run, int rounds);
}
