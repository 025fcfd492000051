using Microsoft.Extensions.Logging;

namespace Foundation.Azure;

internal static partial class AzureLog
{
    [LoggerMessage(7001, LogLevel.Warning, "The queue {Queue} does not answer; looking again later")]
    public static partial void QueueUnavailable(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(7002, LogLevel.Error, "The message {Message} of {Queue} is no wake-up and was dropped")]
    public static partial void PoisonMessage(this ILogger logger, string queue, string message);

    [LoggerMessage(7003, LogLevel.Warning, "The message {Message} of {Queue} could not be settled and will come again")]
    public static partial void MessageNotSettled(this ILogger logger, string queue, string message, Exception exception);

    [LoggerMessage(7004, LogLevel.Warning, "Looking at {Lane} failed, try {Try}; it comes again")]
    public static partial void WakeUpFailed(this ILogger logger, string lane, long @try, Exception exception);

    [LoggerMessage(7005, LogLevel.Error, "Looking at {Lane} failed {Tries} times; its message was dropped and the sweeper takes over")]
    public static partial void WakeUpDropped(this ILogger logger, string lane, long tries, Exception exception);
}
