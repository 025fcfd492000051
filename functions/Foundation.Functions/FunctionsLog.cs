using Microsoft.Extensions.Logging;

namespace Foundation.Functions;

/// <summary>Event ids 7100–7199.</summary>
internal static partial class FunctionsLog
{
    [LoggerMessage(7100, LogLevel.Error, "The message {Message} of {Queue} ({Bytes} bytes) is no wake-up; it is dead-lettered")]
    public static partial void PoisonMessage(this ILogger logger, string queue, string? message, int bytes);

    [LoggerMessage(7101, LogLevel.Warning, "The wake-up of {Lane} in {Queue} is put off (delivery {Delivery}): it comes again when its lock ends")]
    public static partial void WakeUpPutOff(this ILogger logger, string queue, string lane, int delivery, Exception error);

    [LoggerMessage(7102, LogLevel.Warning, "The message {Message} of {Queue} could not be {Outcome}; it comes again, and rows decide")]
    public static partial void MessageUnsettled(this ILogger logger, string queue, string? message, string outcome, Exception error);

    [LoggerMessage(7103, LogLevel.Error, "Dead letter {Message} of {Source}: {Reason} ({Description}); it was about {Lane}")]
    public static partial void DeadMessage(this ILogger logger, string source, string? message, string reason, string? description, string lane);

    [LoggerMessage(7104, LogLevel.Error, "Looking once more at {Lane} for its dead letter failed; the sweeper has it now")]
    public static partial void DeadWakeUpFailed(this ILogger logger, string lane, Exception error);

    [LoggerMessage(7110, LogLevel.Warning, "The run {Run} could not be advanced; its orchestration tries again")]
    public static partial void RunNotAdvanced(this ILogger logger, string run, Exception error);

    [LoggerMessage(7111, LogLevel.Debug, "The orchestration of run {Run} was started by another meanwhile; it is rung instead")]
    public static partial void RunStartedByAnother(this ILogger logger, string run, Exception error);

    [LoggerMessage(7120, LogLevel.Error, "Entity {Kind}/{Key} refused a signal of {Source}")]
    public static partial void SignalRefused(this ILogger logger, string kind, string key, string source, Exception error);

    [LoggerMessage(7121, LogLevel.Error, "Entity {Kind}/{Key} dropped an operation '{Operation}' that is no signal of ours")]
    public static partial void OperationDropped(this ILogger logger, string kind, string key, string operation, Exception? error);

    [LoggerMessage(7130, LogLevel.Error, "The answer to {Method} {Path} was lost")]
    public static partial void AnswerLost(this ILogger logger, string method, string path, Exception error);
}
