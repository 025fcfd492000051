using Microsoft.Extensions.Logging;

namespace Foundation.Workers;

/// <summary>Event ids 1000–1099.</summary>
internal static partial class WorkersLog
{
    [LoggerMessage(1000, LogLevel.Warning, "Post {Verb} for {Subject} was not received by {Room}; it stays stored and is delivered again")]
    public static partial void PostNotDelivered(this ILogger logger, string room, string verb, string subject, Exception error);

    [LoggerMessage(1001, LogLevel.Warning, "Delivered posts of {Shard} could not be deleted; they may be delivered twice")]
    public static partial void PostsNotForgotten(this ILogger logger, string shard, Exception error);

    [LoggerMessage(1002, LogLevel.Warning, "{Count} wake-ups (first lane {Lane}) could not be sent; the sweeper will find them")]
    public static partial void WakeUpsNotSent(this ILogger logger, int count, string lane, Exception error);

    [LoggerMessage(1003, LogLevel.Error, "Looking at lane {Lane} of {Shard} failed")]
    public static partial void WakeFailed(this ILogger logger, string lane, string shard, Exception error);

    [LoggerMessage(1004, LogLevel.Error, "Job {Group} of room {Room} failed")]
    public static partial void TickFailed(this ILogger logger, JobGroup group, string room, Exception error);

    [LoggerMessage(1005, LogLevel.Warning, "No room owns lane {Lane}")]
    public static partial void LaneWithoutRoom(this ILogger logger, string lane);

    [LoggerMessage(1006, LogLevel.Error, "Entity {Kind}/{Key} refused a signal of {Source}")]
    public static partial void SignalFailed(this ILogger logger, string kind, string key, string source, Exception error);

    [LoggerMessage(1007, LogLevel.Error, "The sweep of {Shard} failed")]
    public static partial void SweepFailed(this ILogger logger, string shard, Exception error);

    [LoggerMessage(1008, LogLevel.Information, "Stopping: {Count} pieces of work under way")]
    public static partial void Draining(this ILogger logger, int count);
}
