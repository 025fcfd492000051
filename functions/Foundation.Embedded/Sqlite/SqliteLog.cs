namespace Foundation.Embedded.Sqlite;

/// <summary>Event ids 1100–1149.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(1100, LogLevel.Information, "Data file {Path}: form {Version}, SQLite {Library}")]
    public static partial void Opened(this ILogger logger, string path, int version, string library);

    [LoggerMessage(1101, LogLevel.Information, "Data file {Path} closed, its log moved into it")]
    public static partial void Closed(this ILogger logger, string path);

    [LoggerMessage(1102, LogLevel.Error, "The disk is full: {Count} commits were refused and nothing of them was written")]
    public static partial void DiskFull(this ILogger logger, int count, Exception error);

    [LoggerMessage(1103, LogLevel.Critical, "Writing {Path} failed (code {Code}): nothing is accepted until it is verified")]
    public static partial void Failed(this ILogger logger, string path, int code, Exception error);

    [LoggerMessage(1104, LogLevel.Warning, "{Path} is open and verified again; {Committed} of {Count} commits in doubt are durable")]
    public static partial void Recovered(this ILogger logger, string path, int committed, int count);

    [LoggerMessage(1105, LogLevel.Error, "{Path} cannot be opened again yet")]
    public static partial void StillFailed(this ILogger logger, string path, Exception error);

    [LoggerMessage(1106, LogLevel.Warning, "The log could not be moved into the file; it grows until it can")]
    public static partial void CheckpointFailed(this ILogger logger, Exception error);

    [LoggerMessage(1107, LogLevel.Information, "{Count} chunks of unfinished blobs were removed")]
    public static partial void ChunksRemoved(this ILogger logger, int count);
}
