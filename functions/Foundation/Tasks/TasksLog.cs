using Microsoft.Extensions.Logging;

namespace Foundation.Tasks;

/// <summary>Event ids 2000–2099.</summary>
internal static partial class TasksLog
{
    [LoggerMessage(2000, LogLevel.Information, "The outcome {Command} of {Task} attempt {Attempt} was dropped: {Code}")]
    public static partial void OutcomeDropped(this ILogger logger, string task, int attempt, string command, string code);

    [LoggerMessage(2001, LogLevel.Error, "A slot of {Instance} failed")]
    public static partial void SlotFailed(this ILogger logger, string instance, Exception error);

    [LoggerMessage(2002, LogLevel.Warning, "A wake-up for {Lane} could not be sent; the sweeper will find it")]
    public static partial void WakeUpNotSent(this ILogger logger, string lane, Exception error);
}
