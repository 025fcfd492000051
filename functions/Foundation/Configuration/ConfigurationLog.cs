using Microsoft.Extensions.Logging;

namespace Foundation.Configuration;

/// <summary>Event ids 1400–1499.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(1400, LogLevel.Information, "Configuration {Epoch} is in force: {Documents} documents of {Kinds} kinds")]
    public static partial void ConfigurationLoaded(this ILogger logger, long epoch, int documents, int kinds);

    [LoggerMessage(1401, LogLevel.Error, "The configuration has {Faults} faults and is refused")]
    public static partial void ConfigurationRefused(this ILogger logger, int faults);
}
