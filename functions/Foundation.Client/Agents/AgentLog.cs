using Microsoft.Extensions.Logging;

namespace Foundation.Client.Agents;

/// <summary>Event ids 9000–9099.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(9000, LogLevel.Warning, "{Name} could not register yet: {Reason}")]
    public static partial void NotRegistered(this ILogger logger, string name, string reason);

    [LoggerMessage(9001, LogLevel.Warning, "{Name} was not heard: {Reason}")]
    public static partial void NotHeard(this ILogger logger, string name, string reason);

    [LoggerMessage(9002, LogLevel.Error, "{Name} cannot go on: {Reason}")]
    public static partial void Superseded(this ILogger logger, string name, string reason);

    [LoggerMessage(9003, LogLevel.Information, "{Name} could not say goodbye; its lease ends by itself: {Reason}")]
    public static partial void NoFarewell(this ILogger logger, string name, string reason);

    [LoggerMessage(9004, LogLevel.Warning, "Handlers did not end within {Patience} and were stopped; their tasks go back")]
    public static partial void DrainedLate(this ILogger logger, TimeSpan patience);

    [LoggerMessage(9005, LogLevel.Warning, "Progress of {Task} was not heard: {Reason}")]
    public static partial void BeatFailed(this ILogger logger, string task, string reason);

    [LoggerMessage(9006, LogLevel.Information, "Attempt {Attempt} of {Task} ended too late ({Code})")]
    public static partial void SettledLate(this ILogger logger, string task, int attempt, string code);

    [LoggerMessage(9007, LogLevel.Warning, "Attempt {Attempt} of {Task} could not be settled; another one will begin: {Reason}")]
    public static partial void NotSettled(this ILogger logger, string task, int attempt, string reason);
}
