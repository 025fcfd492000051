using Microsoft.Extensions.Logging;

namespace Foundation.Registry;

/// <summary>Event ids 2000–2099.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(2000, LogLevel.Information, "{Instance} is {Status} (generation {Generation})")]
    public static partial void Became(this ILogger logger, string instance, InstancePhase status, long generation);

    [LoggerMessage(2001, LogLevel.Warning, "The registry could not be read; its last known state is used")]
    public static partial void NotRead(this ILogger logger, Exception error);

    [LoggerMessage(2002, LogLevel.Warning, "The fleet could not be told of the health of {Service}; it is told again")]
    public static partial void HealthNotTold(this ILogger logger, string service, Exception error);

    [LoggerMessage(2003, LogLevel.Information, "The registry knows {Instances} instances")]
    public static partial void Loaded(this ILogger logger, int instances);

    [LoggerMessage(2004, LogLevel.Warning, "The lease of {Instance} could not be ended; it is tried again")]
    public static partial void NotExpired(this ILogger logger, string instance, Exception error);
}
